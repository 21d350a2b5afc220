import { entryOf } from '@trainer/contract/names';
import type { Decision, Review } from '@trainer/contract/reviews';
import { useId } from 'preact/hooks';
import { decisionOfKey, kindWords, statusTones } from '../../derive/review-words.ts';
import type { Tone } from '../../derive/run-words.ts';
import { Moment } from '../../parts/Moment.tsx';
import { Name } from '../../parts/Name.tsx';
import { FailureNote } from '../../parts/Notice.tsx';
import { StateBadge } from '../../parts/StateBadge.tsx';
import { Choices, Outcome } from './Choices.tsx';
import { Concerned, Evidence } from './Evidence.tsx';

interface Props {
  review: Review;
  now: number;
  isBusy: boolean;
  error: unknown;
  mayDecide: boolean;
  onDecide: (decision: Decision, byKey: boolean) => void;
  onUndo: () => void;
}

/** One review with its evidence and what can be decided. It hears keys while it, or anything in it, has the focus. */
export function ReviewCard({ review, now, isBusy, error, mayDecide, onDecide, onUndo }: Props) {
  const titleId = useId();
  const { kind, status, summary, run_id, found_at } = review;
  const onKeyDown = (event: KeyboardEvent) => {
    if (!mayDecide || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const decision = status === 'open' ? decisionOfKey(review, event.key) : null;
    if (decision) onDecide(decision, true);
    if (status === 'decided' && event.key.toLowerCase() === 'u') onUndo();
  };
  return (
    <article
      class={`card review review-${status}`}
      aria-labelledby={titleId}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard walks from card to card.
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <header class="card-head">
        <StateBadge
          tone={entryOf<Tone>(statusTones, status, 'calm')}
          label={entryOf<string>(kindWords, kind, kind)}
        />
        <p class="muted">
          found <Moment at={found_at} now={now} />, last in <a href={`/runs/${run_id}`}>run {run_id}</a>
        </p>
      </header>
      <h2 id={titleId}>
        <Name>{summary}</Name>
      </h2>
      <Concerned performers={review.performers} />
      <Evidence evidence={review.evidence} distance={review.distance} />
      <FailureNote error={error} />
      <div>
        <Outcome review={review} now={now} />
        {mayDecide && status !== 'closed' && (
          <Choices
            review={review}
            isBusy={isBusy}
            onDecide={(decision) => onDecide(decision, false)}
            onUndo={onUndo}
          />
        )}
      </div>
    </article>
  );
}
