import { entryOf } from '@trainer/contract/names';
import type { Decision, Review } from '@trainer/contract/reviews';
import { useId } from 'preact/hooks';
import { shortId } from '../../derive/address-text.ts';
import {
  appliedText,
  decisionKeys,
  decisionLabel,
  decisionOfKey,
  kindLabels,
  knownChoices,
  statusTones,
} from '../../derive/review-text.ts';
import type { Tone } from '../../derive/run-text.ts';
import { ExternalText, PageLink, RelativeTime, StateBadge } from '../../parts/inline.tsx';
import { FailureNote } from '../../parts/Notice.tsx';

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
          label={entryOf<string>(kindLabels, kind, kind)}
        />
        <p class="muted">
          found <RelativeTime at={found_at} now={now} />, last in <a href={`/runs/${run_id}`}>run {run_id}</a>
        </p>
      </header>
      <h2 id={titleId}>
        <ExternalText>{summary}</ExternalText>
      </h2>
      <Performers performers={review.performers} />
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

/** The performers concerned, side by side, each with the way to its pages and to why it is in the catalog. */
function Performers({ performers }: Pick<Review, 'performers'>) {
  if (performers.length === 0) return null;
  return (
    <ul class="performers plain">
      {performers.map(({ name, ids, pages }, index) => (
        // Two performers may well have the same name; their order does not change.
        <li key={index}>
          <p class="performer-name">
            <ExternalText>{name}</ExternalText>
          </p>
          {ids.map((id) => (
            <p key={id}>
              <code title={id}>{shortId(id)}</code>{' '}
              <a href={`/explain#about=${encodeURIComponent(id)}`}>Why here?</a>
            </p>
          ))}
          {pages.map((page) => (
            <p key={page}>
              <PageLink href={page} />
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}

/** What speaks for and against, row by row. */
function Evidence({ evidence, distance }: Pick<Review, 'evidence' | 'distance'>) {
  return (
    <dl class="evidence">
      {evidence.map(({ label, value, url }) => (
        <div key={`${label} ${value}`}>
          <dt>{label}</dt>
          <dd>{url ? <PageLink href={url}>{value}</PageLink> : value}</dd>
        </div>
      ))}
      {distance !== null && (
        <div>
          <dt>Distance of the faces</dt>
          <dd>
            {distance.toFixed(3)} <span class="muted">(0: identical, 1: unrelated)</span>
          </dd>
        </div>
      )}
    </dl>
  );
}

interface ChoicesProps {
  review: Review;
  isBusy: boolean;
  onDecide: (decision: Decision) => void;
  onUndo: () => void;
}

/** The decisions that fit, each with its key; or the way back from the one that was made. */
function Choices({ review, isBusy, onDecide, onUndo }: ChoicesProps) {
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
          {decisionLabel(review.kind, choice)} <kbd>{decisionKeys[choice].toUpperCase()}</kbd>
        </button>
      ))}
    </div>
  );
}

/** What was decided, by whom, and what becomes of it; or when the review was closed. */
function Outcome({ review, now }: { review: Review; now: number }) {
  const { decision, kind, closed_at } = review;
  if (closed_at) {
    return (
      <p class="outcome muted">
        Closed <RelativeTime at={closed_at} now={now} />: the run no longer found it.
      </p>
    );
  }
  return (
    <div role="status">
      {decision && (
        <p class="outcome">
          <strong>{decisionLabel(kind, decision.decision)}</strong>, decided by{' '}
          <ExternalText>{decision.actor}</ExternalText> <RelativeTime at={decision.at} now={now} />.{' '}
          <span class="muted">{appliedText(review)}</span>
        </p>
      )}
    </div>
  );
}
