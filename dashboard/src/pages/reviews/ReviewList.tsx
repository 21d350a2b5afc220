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
  const who = session.session.value;
  const mayDecide = who ? mayAdminister(who) : false;

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
      With the keyboard: <kbd>J</kbd> and <kbd>K</kbd> go to the next and the one before; the key on a button
      presses it; <kbd>U</kbd> undoes.
    </p>
  );
}

/** Says why there is nothing, and what would be here. */
function NoReviews({ status, kind }: ReviewFilter) {
  if (status === 'decided') {
    return (
      <EmptyState title={kind ? 'Nothing of this kind was decided.' : 'Nothing was decided yet.'}>
        Every decision stays here with who made it and the run that applied it, and can be undone.
      </EmptyState>
    );
  }
  if (status === 'closed') {
    return (
      <EmptyState title="Nothing was closed lately.">
        A review closes by itself when a run no longer finds it, and is forgotten after a week.
      </EmptyState>
    );
  }
  return (
    <EmptyState title={kind ? 'Nothing of this kind is open.' : 'Nothing to decide.'}>
      When a run finds performers that may be one, a face that may be somebody else’s, or evidence that
      contradicts itself, it does not guess: it asks here, and shows why.
    </EmptyState>
  );
}
