import type { Lease } from '@trainer/contract/leases';
import { emptyProgress, type Progress, progressSchema } from '@trainer/contract/progress';
import { runKey } from '../catalog/fences.ts';
import { readProgress, saveTaskState } from '../catalog/task-state.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { commitPerformer, type PerformerCommit } from '../commit/commit-performer.ts';
import type { SourceTraffic } from '../sources/base/source.ts';
import type { Checkpoint } from './checkpoint.ts';
import { addResult, emptyResult, type PerformerResult, withTraffic } from './counters.ts';

/** Performers passed over that are written together: a full scan of 100,000 would otherwise wait for the disk that often. */
const PASSED_PER_WRITE = 100;

/** One place in a source's listing: from where to go on, and whom to tick off in its scan. */
export interface Position {
  cursor: unknown;
  scan: string | null;
  remoteId: string;
}

export interface ProgressWriterOptions {
  catalog: CatalogWriter;
  lease: Pick<Lease, 'run_id' | 'run_created_at' | 'task_id'>;
  /** The catalog's name for the bookmark. */
  checkpointKey: string;
  checkpoint: Checkpoint;
  traffic: () => SourceTraffic;
  report: (progress: Progress) => void;
}

/** What a performer's turn changes, and what it counts for. */
export interface PlannedResult extends Pick<PerformerCommit, 'images' | 'unchanged' | 'lookUp' | 'listing'> {
  result: PerformerResult;
}

/**
 * Keeps a task's cursor and counters in step with what is committed: both go into the transaction of the performer that they
 * speak of, and only what is stored is reported. Performers passed over wait for the next write.
 */
export type ProgressWriter = Awaited<ReturnType<typeof openProgressWriter>>;

export async function openProgressWriter(options: ProgressWriterOptions) {
  const { catalog, lease, checkpointKey, checkpoint, traffic, report } = options;
  const ids = { run: runKey(lease), taskId: lease.task_id };
  const stored = progressSchema.safeParse(await readProgress(catalog, ids.run, ids.taskId));
  let progress = stored.success ? stored.data : emptyProgress();
  const before = progress;
  let passed: { position: Position; ids: string[] } | null = null;

  const counters = () => {
    progress = withTraffic(progress, before, traffic());
    return { ...ids, counters: progress };
  };
  const cursorAt = (cursor: unknown) => ({ source: checkpointKey, value: { ...checkpoint, cursor } });

  /** Writes down who was passed over since the last write. */
  async function flush(): Promise<void> {
    const { position, ids: remoteIds } = passed ?? {};
    passed = null;
    await saveTaskState(catalog, {
      progress: counters(),
      ...(position ? { cursor: cursorAt(position.cursor) } : {}),
      ...(position?.scan && remoteIds ? { seen: { scan: position.scan, remoteIds } } : {}),
    });
    report(progress);
  }

  /** Counts a performer about whom there is nothing to commit. */
  async function pass(position: Position, result: Partial<PerformerResult>): Promise<void> {
    progress = addResult(progress, { ...emptyResult, ...result });
    if (passed && passed.position.scan !== position.scan) await flush();
    passed = { position, ids: [...(passed?.ids ?? []), position.remoteId] };
    if (passed.ids.length >= PASSED_PER_WRITE) await flush();
  }

  /** Commits what `plan` makes of a performer as the catalog has it; see `PlannedCommit`. */
  async function commit(
    position: Position,
    performer: PerformerCommit['performer'],
    plan: (performerIds: number[]) => Promise<PlannedResult>,
  ): Promise<void> {
    if (passed) await flush();
    const counted = progress;
    await commitPerformer(catalog, {
      performer,
      plan: async (performerIds) => {
        const { result, ...planned } = await plan(performerIds);
        progress = addResult(counted, result);
        return {
          ...planned,
          cursor: cursorAt(position.cursor),
          progress: counters(),
          ...(position.scan ? { seen: { scan: position.scan, remoteId: position.remoteId } } : {}),
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
      progress = addResult(progress, { ...emptyResult, errors: 1 });
    },
  };
}
