import type { Decision, Review } from '@trainer/contract/reviews';
import { appliedWords, decisionKeys, decisionWords, knownChoices } from '../../derive/review-words.ts';
import { Moment } from '../../parts/Moment.tsx';
import { Name } from '../../parts/Name.tsx';

interface Props {
  review: Review;
  isBusy: boolean;
  onDecide: (decision: Decision) => void;
  onUndo: () => void;
}

/** The decisions that fit, each with its key; or the way back from the one that was made. */
export function Choices({ review, isBusy, onDecide, onUndo }: Props) {
  if (review.status === 'decided') {
    return (
      <div class="choices">
        <button type="button" class="small" disabled={isBusy} aria-keyshortcuts="u" onClick={onUndo}>
          Undo <kbd>U</kbd>
        </button>
      </div>
    );
  }
  return (
    <div class="choices">
      {knownChoices(review).map((choice) => (
        <button
          key={choice}
          type="button"
          disabled={isBusy}
          aria-keyshortcuts={decisionKeys[choice]}
          onClick={() => onDecide(choice)}
        >
          {decisionWords(review.kind, choice)} <kbd>{decisionKeys[choice].toUpperCase()}</kbd>
        </button>
      ))}
    </div>
  );
}

/** What was decided, by whom, and what becomes of it; or when the review was closed. */
export function Outcome({ review, now }: { review: Review; now: number }) {
  const { decision, kind, closed_at } = review;
  if (closed_at) {
    return (
      <p class="outcome muted">
        Closed <Moment at={closed_at} now={now} />: the run no longer found it.
      </p>
    );
  }
  return (
    <div role="status">
      {decision && (
        <p class="outcome">
          <strong>{decisionWords(kind, decision.decision)}</strong>, said <Name>{decision.actor}</Name>{' '}
          <Moment at={decision.at} now={now} />. <span class="muted">{appliedWords(review)}</span>
        </p>
      )}
    </div>
  );
}
