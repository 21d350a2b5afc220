import { type BoxPerformer, boxPerformer, type PerformerInput, uuidOf } from './performer.ts';

export type EditOperation = 'CREATE' | 'MODIFY' | 'DESTROY' | 'MERGE';

/** One applied edit. Targets are ids: what they look like is asked for when the edit is read. */
export type BoxEdit = {
  id: string;
  operation: EditOperation;
  targetId: string;
  mergeSourceIds: string[];
  closed: Date;
};

export type PerformerStore = ReturnType<typeof createPerformerStore>;

/**
 * The rows and the edit history of one fake stash-box. The verbs do what an applied edit does on a real one:
 * every one of them raises `updated` and leaves an edit behind, while a new scene or a favourite does neither.
 */
export function createPerformerStore(given: readonly PerformerInput[], clock: () => Date) {
  const rows = new Map<string, BoxPerformer>();
  const edits: BoxEdit[] = [];
  for (const input of given) insert(input);

  function insert(input: PerformerInput): BoxPerformer {
    const row = boxPerformer(input, clock());
    if (rows.has(row.id)) throw new Error(`Two performers with the id ${row.id} (${row.name})`);
    rows.set(row.id, row);
    return row;
  }

  function find(id: string): BoxPerformer {
    const row = rows.get(id);
    if (!row) throw new Error(`This stash-box has no performer ${id}`);
    return row;
  }

  function record(operation: EditOperation, targetId: string, mergeSourceIds: string[] = []): void {
    edits.push({ id: uuidOf(`edit ${edits.length}`), operation, targetId, mergeSourceIds, closed: clock() });
  }

  function add(input: PerformerInput): BoxPerformer {
    const row = insert(input);
    record('CREATE', row.id);
    return row;
  }

  function edit(id: string, changes: Partial<BoxPerformer>): void {
    Object.assign(find(id), changes, { updated: clock() });
    record('MODIFY', id);
  }

  function destroy(id: string): void {
    Object.assign(find(id), buried(clock()));
    record('DESTROY', id);
  }

  /** As `performerDestroy` leaves it: the row is gone, and there is no edit that says so. */
  function vanish(id: string): void {
    rows.delete(find(id).id);
  }

  /** As `deleteEdit` leaves it: what the edits of one performer did stays done, but they are gone from the history. */
  function forgetEdits(id: string): void {
    const left = edits.filter(
      ({ targetId, mergeSourceIds }) => targetId !== id && !mergeSourceIds.includes(id),
    );
    edits.splice(0, edits.length, ...left);
  }

  /** Merges `sourceId` into `targetId`. Redirects stay flat: whoever led to the source now leads to the target. */
  function merge(sourceId: string, targetId: string, changes: Partial<BoxPerformer> = {}): void {
    const [source, target] = [find(sourceId), find(targetId)];
    const moved = [sourceId, ...source.merged_ids];
    for (const id of source.merged_ids) Object.assign(rows.get(id) ?? {}, { merged_into_id: targetId });
    Object.assign(source, buried(clock()), { merged_ids: [], merged_into_id: targetId });
    Object.assign(target, changes, { merged_ids: [...target.merged_ids, ...moved], updated: clock() });
    record('MERGE', targetId, [sourceId]);
  }

  return { rows, edits, add, edit, destroy, merge, vanish, forgetEdits };
}

/** What a deleted row keeps: its own facts, but none of the lists beside it. */
function buried(updated: Date): Partial<BoxPerformer> {
  return { deleted: true, updated, aliases: [], urls: [], images: [], tattoos: null, piercings: null };
}
