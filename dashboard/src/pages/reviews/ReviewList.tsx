import { useModel } from '@preact/signals';
import type { Decision, Review } from '@trainer/contract/reviews';
import { useRef } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { type ReviewFilter, ReviewsModel } from '../../models/ReviewsModel.ts';
import { EmptyState, Loaded } from '../../parts/Notice.tsx';
import { ReviewCard } from './ReviewCard.tsx';

/** The reviews of one filter. J and K walk through them. */
export function ReviewList(filter: ReviewFilter) {
  const { connection, browser, clock, session } = useDashboard();
  const model = useModel(() => new ReviewsModel(connection, browser, filter));
  const list = useRef<HTMLDivElement>(null);
  const user = session.session.value;
  const mayDecide = user ? mayAdminister(user) : false;

  const step = (by: 1 | -1) => {
    const cards = [...(list.current?.querySelectorAll<HTMLElement>('article') ?? [])];
    const at = cards.findIndex((card) => card.contains(document.activeElement));
    cards[Math.min(cards.length - 1, Math.max(0, at + by))]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'j') step(1);
    if (event.key === 'k') step(-1);
  };
  const decide = async (review: Review, decision: Decision, byKey: boolean) => {
    if ((await model.decide(review.id, decision)) && byKey) step(1);
  };
  return (
    <Loaded data={model.reviews.value} error={model.error.value} what="the reviews">
      {(all) =>
        all.length === 0 ? (
          <NoReviews {...filter} />
        ) : (
          // biome-ignore lint/a11y/noStaticElementInteractions: the cards in it take the focus; this only hears their keys.
          <div class="stack" ref={list} onKeyDown={onKeyDown}>
            {mayDecide && filter.status !== 'closed' && <KeyHint />}
            {all.map((review) => (
              <ReviewCard
                key={review.id}
                review={review}
                now={clock.now.value}
                isBusy={model.busy.value.has(review.id)}
                error={model.failures.value.get(review.id)}
                mayDecide={mayDecide}
                onDecide={(decision, byKey) => void decide(review, decision, byKey)}
                onUndo={() => void model.undo(review.id)}
              />
            ))}
            {model.hasMore.value && (
              <p>
                <button type="button" onClick={() => void model.showMore()}>
                  Show older reviews
                </button>
              </p>
            )}
          </div>
        )
      }
    </Loaded>
  );
}

function KeyHint() {
  return (
    <p class="hint key-hint">
      Keyboard: <kbd>J</kbd> and <kbd>K</kbd> go to the next and the previous review; the key on a button
      presses it; <kbd>U</kbd> undoes.
    </p>
  );
}

/** Says why there is nothing, and what would be here. */
function NoReviews({ status, kind }: ReviewFilter) {
  if (status === 'decided') {
    return (
      <EmptyState title={kind ? 'No decided reviews of this kind.' : 'No decided reviews.'}>
        Decisions are listed here with their author and the run that applied them, and can be undone.
      </EmptyState>
    );
  }
  if (status === 'closed') {
    return (
      <EmptyState title="No closed reviews.">
        A review is closed when a run no longer finds it, and deleted after a week.
      </EmptyState>
    );
  }
  return (
    <EmptyState title={kind ? 'No open reviews of this kind.' : 'No open reviews.'}>
      Runs add a review here when two performers may be the same, when a face may belong to another performer,
      or when records contradict each other.
    </EmptyState>
  );
}
