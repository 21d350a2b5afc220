import { setTimeout as realSleep } from 'node:timers/promises';
import { hangLimits } from '@trainer/testing/hang-limits';
import { createApi } from '../../src/control/api.ts';
import { createSession } from '../../src/control/session.ts';
import { type Heartbeat, startHeartbeat } from '../../src/lease/heartbeat.ts';
import { createShutdown, type ShutdownTimes } from '../../src/lease/stop-reasons.ts';
import { type TakeLeasesDeps, takeLeases } from '../../src/lease/take-leases.ts';
import type { RunTask } from '../../src/lease/task.ts';
import { createLogger, createRedactor, type LogEntry } from '../../src/logs/logger.ts';
import {
  type FakeControlPlane,
  startFakeControlPlane,
} from '../fake-control-plane/start-fake-control-plane.ts';

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
  onMismatch?: (reason: string | null) => void;
  /** Wraps the heartbeat that the loops get. */
  withHeartbeat?: (heartbeat: Heartbeat) => Heartbeat;
}

/** Everything that a slow machine may need; a test of what happens when time is short hands in its own. */
const patientShutdown: ShutdownTimes = {
  signalAfterMs: hangLimits.waitMs,
  abandonAfterMs: hangLimits.waitMs,
  cutOffAfterMs: hangLimits.waitMs,
};

/** The real loops, thread included, against a fake control plane; pauses are a tenth of what they are in earnest, and a second at most. */
export async function startTestRunner(options: TestRunnerOptions) {
  const server = options.server ?? (await startFakeControlPlane());
  const said: LogEntry[] = [];
  const redact = createRedactor(options.secrets ?? []);
  const log = createLogger({ sinks: [(entry) => said.push(entry)], redact, level: 'debug' });
  const setup = { baseUrl: server.url, token: server.token };
  const heartbeat = startHeartbeat(
    { ...setup, file: options.file ?? null, wedgedAfterMs: options.wedgedAfterMs ?? hangLimits.waitMs },
    log,
  );
  const pauses: number[] = [];
  const sleep = (ms: number, signal?: AbortSignal) => {
    pauses.push(ms);
    return realSleep(Math.min(ms / 10, 1_000), undefined, { signal });
  };
  const api = createApi({ ...setup, timeoutMsOf: () => hangLimits.testMs });
  const session = createSession({ api, log, sleep, onMismatch: options.onMismatch });
  const shutdown = createShutdown(options.shutdown ?? patientShutdown);
  const finished = takeLeases({
    session,
    heartbeat: options.withHeartbeat?.(heartbeat) ?? heartbeat,
    runTask: options.runTask,
    answer: options.answer,
    shortage: options.shortage,
    lookAtRoomEveryMs: 20,
    shutdown,
    log,
    redact,
    flushWithinMs: options.flushWithinMs,
    slots: options.slots ?? 4,
    unablePauseMs: 10,
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
  return { server, said, pauses, shutdown, finished, close, [Symbol.asyncDispose]: close };
}

/** Resolves when `condition` holds; fails with the last state of `show` after `hangLimits.waitMs`. */
export async function waitFor(
  condition: () => boolean,
  show: () => unknown = () => condition,
): Promise<void> {
  for (const until = performance.now() + hangLimits.waitMs; !condition(); await realSleep(5)) {
    if (performance.now() > until)
      throw new Error(`Waited in vain for: ${condition} (last seen: ${JSON.stringify(show())})`);
  }
}
