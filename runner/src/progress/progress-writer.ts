import type { Lease } from '@trainer/contract/leases';
import { emptyProgress, type Progress, progressSchema } from '@trainer/contract/progress';
import { runKey } from '../catalog/fences.ts';
import { readProgress, saveTaskState } from '../catalog/task-state.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { commitPerformer, type PerformerCommit } from '../commit/commit-performer.ts';
import type { SourceTraffic } from '../sources/base/source.ts';
import type { Bookmark } from './checkpoint.ts';
import { addTurn, emptyTurn, type Turn, withTraffic } from './counters.ts';

/** Performers passed over that are written together: a full scan of 100,000 would otherwise wait for the disk that often. */
const PASSED_PER_WRITE = 100;

/** One place in a source's listing: from where to go on, and whom to tick off in its scan. */
export interface Place {
  cursor: unknown;
  scan: string | null;
  remoteId: string;
}

export interface LedgerOptions {
  catalog: CatalogWriter;
  lease: Pick<Lease, 'run_id' | 'run_created_at' | 'task_id'>;
  /** The catalog's name for the bookmark. */
  bookmarkKey: string;
  bookmark: Bookmark;
  traffic: () => SourceTraffic;
  report: (progress: Progress) => void;
}

/** What a performer's turn changes, and what it counts for. */
export interface PlannedTurn extends Pick<PerformerCommit, 'images' | 'unchanged' | 'lookUp' | 'listing'> {
  turn: Turn;
}

/**
 * Keeps a task's cursor and counters in step with what is committed: both go into the transaction of the performer that they
 * speak of, and only what is stored is reported. Performers passed over wait for the next write.
 */
export type Ledger = Awaited<ReturnType<typeof openLedger>>;

export async function openLedger(options: LedgerOptions) {
  const { catalog, lease, bookmarkKey, bookmark, traffic, report } = options;
  const ids = { run: runKey(lease), taskId: lease.task_id };
  const stored = progressSchema.safeParse(await readProgress(catalog, ids.run, ids.taskId));
  let progress = stored.success ? stored.data : emptyProgress();
  const before = progress;
  let passed: { place: Place; ids: string[] } | null = null;

  const counters = () => {
    progress = withTraffic(progress, before, traffic());
    return { ...ids, counters: progress };
  };
  const cursorAt = (cursor: unknown) => ({ source: bookmarkKey, value: { ...bookmark, cursor } });

  /** Writes down who was passed over since the last write. */
  async function flush(): Promise<void> {
    const { place, ids: remoteIds } = passed ?? {};
    passed = null;
    await saveTaskState(catalog, {
      progress: counters(),
      ...(place ? { cursor: cursorAt(place.cursor) } : {}),
      ...(place?.scan && remoteIds ? { seen: { scan: place.scan, remoteIds } } : {}),
    });
    report(progress);
  }

  /** Counts a performer about whom there is nothing to commit. */
  async function pass(place: Place, turn: Partial<Turn>): Promise<void> {
    progress = addTurn(progress, { ...emptyTurn, ...turn });
    if (passed && passed.place.scan !== place.scan) await flush();
    passed = { place, ids: [...(passed?.ids ?? []), place.remoteId] };
    if (passed.ids.length >= PASSED_PER_WRITE) await flush();
  }

  /** Commits what `plan` makes of a performer as the catalog has it; see `PlannedCommit`. */
  async function commit(
    place: Place,
    performer: PerformerCommit['performer'],
    plan: (performerIds: number[]) => Promise<PlannedTurn>,
  ): Promise<void> {
    if (passed) await flush();
    const counted = progress;
    await commitPerformer(catalog, {
      performer,
      plan: async (performerIds) => {
        const { turn, ...planned } = await plan(performerIds);
        progress = addTurn(counted, turn);
        return {
          ...planned,
          cursor: cursorAt(place.cursor),
          progress: counters(),
          ...(place.scan ? { seen: { scan: place.scan, remoteId: place.remoteId } } : {}),
        };
      },
    });
    report(progress);
  }

  async function finish(cursor: unknown): Promise<void> {
    if (passed) await flush();
    await saveTaskState(catalog, { cursor: cursorAt(cursor), progress: counters() });
    report(progress);
  }

  return {
    progress: () => progress,
    flush,
    pass,
    commit,
    finish,
    setTotal: (performers: number) => {
      progress = { ...progress, performers_total: performers };
      return flush();
    },
    /** Counts a performer that could not be read. */
    fault: () => {
      progress = addTurn(progress, { ...emptyTurn, errors: 1 });
    },
  };
}
