import type { ReviewFilter } from '../../models/ReviewsModel.ts';
import { EmptyState } from '../../parts/EmptyState.tsx';

/** Says why there is nothing, and what would be here. */
export function NoReviews({ status, kind }: ReviewFilter) {
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
