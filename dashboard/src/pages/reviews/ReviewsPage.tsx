import type { ReviewKind, ReviewStatus } from '@trainer/contract/reviews';
import { useState } from 'preact/hooks';
import { kindLabels } from '../../derive/review-text.ts';
import { PageHead } from '../../parts/PageHead.tsx';
import { Segmented } from '../../parts/Segmented.tsx';
import { ReviewList } from './ReviewList.tsx';

const statuses = [
  ['open', 'Open'],
  ['decided', 'Decided'],
  ['closed', 'Closed'],
] as const satisfies [ReviewStatus, string][];

const kinds: ReviewKind[] = ['duplicate', 'doubtful_face', 'conflict'];

/** What the runner found and will not guess. */
export function ReviewsPage() {
  const [status, setStatus] = useState<ReviewStatus>('open');
  const [kind, setKind] = useState<ReviewKind | null>(null);
  return (
    <>
      <PageHead title="Reviews" />
      <div class="filters">
        <Segmented legend="Status" hideLegend options={statuses} value={status} onChange={setStatus} />
        <label>
          <span class="visually-hidden">Kind</span>
          <select
            value={kind ?? ''}
            onChange={({ currentTarget: { value } }) => setKind(kinds.find((each) => each === value) ?? null)}
          >
            <option value="">every kind</option>
            {kinds.map((each) => (
              <option key={each} value={each}>
                {kindLabels[each]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {/* Another filter is another list, with nothing left over from the one before. */}
      <ReviewList key={`${status} ${kind}`} status={status} kind={kind} />
    </>
  );
}
