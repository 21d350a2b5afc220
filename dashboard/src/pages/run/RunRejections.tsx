import type { TaskView } from '@trainer/contract/runs';
import { formatCount } from '../../derive/numbers.ts';
import { sumRejections } from '../../derive/rejections.ts';
import { EmptyState } from '../../parts/EmptyState.tsx';

/** Why images and faces were not taken, the most frequent reason first. */
export function RunRejections({ tasks }: { tasks: readonly TaskView[] }) {
  const rejections = sumRejections(tasks);
  const retired = tasks.reduce((sum, { progress }) => sum + (progress.images_retired ?? 0), 0);
  const most = rejections[0]?.count ?? 1;
  return (
    <section class="card">
      <h2>Rejected images and faces</h2>
      {rejections.length === 0 && (
        <EmptyState title="None.">They are counted here by reason, as they happen.</EmptyState>
      )}
      <dl class="bars">
        {rejections.map(({ reason, label, count }) => (
          <div key={reason}>
            <dt title={reason}>{label}</dt>
            <dd>
              <meter aria-label={label} min={0} max={most} value={count} />
              <span class="numeric">{formatCount(count)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {retired > 0 && (
        <p>
          {formatCount(retired)} {retired === 1 ? 'image is' : 'images are'} no longer listed by the source
          and left the catalog with their faces.
        </p>
      )}
    </section>
  );
}
