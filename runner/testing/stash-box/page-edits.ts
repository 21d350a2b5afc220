import type { BoxEdit } from './performer-store.ts';

export type EditQuery = {
  operation?: string | null;
  target_type?: string | null;
  target_id?: string | null;
  applied?: boolean | null;
  page: number;
  per_page: number;
  direction: 'ASC' | 'DESC';
};

/**
 * One page of the edit history. Every edit here is applied and about a performer, so asking for others finds
 * nothing; created, updated and closed are one moment, so all three sorts agree. Ties are broken (by order of arrival).
 */
export function pageEdits(edits: readonly BoxEdit[], query: EditQuery) {
  const found = edits
    .map((edit, arrival) => ({ edit, arrival }))
    .filter(({ edit }) => matches(edit, query))
    .sort((a, b) => a.edit.closed.getTime() - b.edit.closed.getTime() || a.arrival - b.arrival)
    .map(({ edit }) => edit);
  if (query.direction === 'DESC') found.reverse();
  const page = Math.max(1, query.page);
  const perPage = query.per_page < 1 ? 25 : query.per_page;
  return { count: found.length, edits: found.slice((page - 1) * perPage, page * perPage) };
}

function matches(edit: BoxEdit, query: EditQuery): boolean {
  return (
    (query.operation ?? edit.operation) === edit.operation &&
    (query.target_type ?? 'PERFORMER') === 'PERFORMER' &&
    (query.target_id ?? edit.targetId) === edit.targetId &&
    (query.applied ?? true)
  );
}
