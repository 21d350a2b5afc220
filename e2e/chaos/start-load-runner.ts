import { setTimeout as elapsed } from 'node:timers/promises';
import { emptyProgress } from '@trainer/contract/progress';
import { createApi } from '../../runner/src/control/api.ts';
import { createSession } from '../../runner/src/control/session.ts';
import { startHeartbeat } from '../../runner/src/lease/heartbeat.ts';
import { createShutdown } from '../../runner/src/lease/stop-reasons.ts';
import { takeLeases } from '../../runner/src/lease/take-leases.ts';
import type { RunTask, Task } from '../../runner/src/lease/task.ts';
import { createLogger } from '../../runner/src/logs/logger.ts';
import { type StagedVersion, uploadVersion } from '../../runner/src/upload/upload-version.ts';
import type { Book } from './book.ts';
import { stageVersion } from './stage-version.ts';

export interface LoadRunnerOptions {
  url: string;
  token: string;
  name: string;
  book: Book;
  /** Versions lie here until they are uploaded; runners of one catalog share it. */
  stagingDir: string;
  staged: Map<string, StagedVersion>;
  random: () => number;
  say: (line: string) => void;
}

/** Pauses are a fifth of what they are in earnest, so that more happens between two disturbances. */
export const impatiently = (ms: number, signal?: AbortSignal) => elapsed(ms / 5, undefined, { signal });

/** A runner with all of its real loops, whose tasks do nothing but count, write lines and upload made up versions. */
export function startLoadRunner(options: LoadRunnerOptions): AsyncDisposable {
  const { url, token, name, say } = options;
  const redact = (text: string) => text;
  const log = createLogger({
    sinks: [({ level, message, source }) => source ?? say(`${name} ${level} ${message}`)],
    redact,
  });
  const heartbeat = startHeartbeat({ baseUrl: url, token, file: null, wedgedAfterMs: 60_000 }, log);
  const session = createSession({
    api: createApi({ baseUrl: url, token }),
    log,
    sleep: impatiently,
  });
  const shutdown = createShutdown({ signalAfterMs: 500, abandonAfterMs: 1_000, cutOffAfterMs: 2_000 });
  const about = {
    runner_id: name,
    instance_id: name,
    name,
    version: '0',
    catalog_id: 'chaos',
    device: 'none',
  };
  const runTask: RunTask = async (task) => {
    const { lease } = task;
    options.book.begin(lease.task_id, lease.fence, name);
    return lease.kind === 'publish' ? publish(task) : ingest(task);
  };

  async function ingest({ lease, stop, report, log }: Task) {
    const steps = 4 + Math.floor(options.random() * 8);
    for (let step = 1; step <= steps; step += 1) {
      if (stop.aborted) return { outcome: 'stopped' as const };
      for (let line = 0; line < 3; line += 1) log.info(options.book.nextLine(lease.task_id, lease.fence));
      report({ ...emptyProgress(), performers_processed: step, performers_total: steps });
      await elapsed(options.random() * 120);
    }
    return { outcome: 'done' as const };
  }

  async function publish({ lease, stop, signal, log }: Task) {
    const version = options.staged.get(lease.task_id) ?? (await stageVersion(options.stagingDir, lease));
    options.staged.set(lease.task_id, version);
    const ended = AbortSignal.any([stop, signal]);
    if (lease.latest_version !== version.version) await enforce(lease, ended);
    log.info(options.book.nextLine(lease.task_id, lease.fence));
    await uploadVersion(version, { session, lease, signal: ended, onProgress: () => {} });
    log.info(options.book.nextLine(lease.task_id, lease.fence));
    return { outcome: 'done' as const };
  }

  async function enforce({ task_id: task, fence }: Task['lease'], signal: AbortSignal): Promise<void> {
    const exclusions = await session('GET /api/exclusions', { signal });
    const enforced = exclusions.map(({ id }) => ({ id, performers_removed: 1, faces_removed: 2 }));
    const body = { fence, enforced };
    await session('PUT /api/leases/{task}/exclusions', { params: { task }, body, signal });
  }

  const finished = takeLeases({
    session,
    heartbeat,
    runTask,
    shutdown,
    log,
    redact,
    slots: 2,
    describe: async () => ({ ...about, packs: [], sources: [] }),
  });
  return {
    async [Symbol.asyncDispose]() {
      shutdown.begin();
      await finished;
      await heartbeat.close();
    },
  };
}
