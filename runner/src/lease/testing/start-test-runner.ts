import { setTimeout as realSleep } from 'node:timers/promises';
import {
  type FakeControlPlane,
  startFakeControlPlane,
} from '../../../testing/fake-control-plane/start-fake-control-plane.ts';
import { createApi } from '../../control/api.ts';
import { createSession } from '../../control/session.ts';
import { createLogger, type LogEntry } from '../../logs/logger.ts';
import { createRedactor } from '../../logs/redact.ts';
import { startHeartbeat } from '../heartbeat.ts';
import { createShutdown, type ShutdownTimes } from '../shutdown.ts';
import { type TakeLeasesDeps, takeLeases } from '../take-leases.ts';
import type { RunTask } from '../task.ts';

export interface TestRunnerOptions {
  runTask: RunTask;
  server?: FakeControlPlane;
  answer?: TakeLeasesDeps['answer'];
  shortage?: TakeLeasesDeps['shortage'];
  slots?: number;
  wedgedAfterMs?: number;
  shutdown?: ShutdownTimes;
  secrets?: string[];
  file?: string;
  flushWithinMs?: number;
}

const quickShutdown: ShutdownTimes = { signalAfterMs: 150, abandonAfterMs: 300, cutOffAfterMs: 1_000 };

/** The real loops, thread included, against a fake control plane; pauses are a tenth of what they are in earnest. */
export async function startTestRunner(options: TestRunnerOptions) {
  const server = options.server ?? (await startFakeControlPlane());
  const said: LogEntry[] = [];
  const redact = createRedactor(options.secrets ?? []);
  const log = createLogger({ sinks: [(entry) => said.push(entry)], redact, level: 'debug' });
  const setup = { baseUrl: server.url, token: server.token };
  const heartbeat = startHeartbeat(
    { ...setup, file: options.file ?? null, wedgedAfterMs: options.wedgedAfterMs ?? 10_000 },
    log,
  );
  const sleep = (ms: number, signal?: AbortSignal) => realSleep(ms / 10, undefined, { signal });
  const session = createSession({ api: createApi(setup), log, sleep });
  const shutdown = createShutdown(options.shutdown ?? quickShutdown);
  const finished = takeLeases({
    session,
    heartbeat,
    runTask: options.runTask,
    answer: options.answer,
    shortage: options.shortage,
    lookAtRoomEveryMs: 20,
    shutdown,
    log,
    redact,
    flushWithinMs: options.flushWithinMs,
    slots: options.slots ?? 4,
    describe: async () => ({
      runner_id: 'test-runner',
      name: 'test',
      version: '0',
      catalog_id: 'test-catalog',
      device: 'cpu',
      packs: [],
      sources: [],
    }),
  });

  async function close(): Promise<void> {
    shutdown.begin();
    await finished;
    await heartbeat.close();
    await server.close();
  }
  return { server, said, shutdown, finished, close, [Symbol.asyncDispose]: close };
}

/** Resolves when `condition` holds; fails with the last state of `show` after five seconds. */
export async function waitFor(
  condition: () => boolean,
  show: () => unknown = () => condition,
): Promise<void> {
  for (const until = Date.now() + 15_000; !condition(); await realSleep(5)) {
    if (Date.now() > until)
      throw new Error(`Waited in vain for: ${condition} (last seen: ${JSON.stringify(show())})`);
  }
}
