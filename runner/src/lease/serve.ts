import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Call } from '@trainer/contract/client';
import type { Runner } from '@trainer/contract/leases';
import type { OpenQuestion } from '@trainer/contract/questions';
import type { Logger, Redact } from '../logs/logger.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createShutdown, type ShutdownTimes } from './stop-reasons.ts';
import { takeLeases } from './take-leases.ts';
import type { RunTask } from './task.ts';
import type { WorkLeaseDeps } from './work-lease.ts';

/**
 * A main thread without a pulse for this long hangs, and its leases lapse. The longest pause that was seen in a
 * working one is 24 s on a desktop (a long rule file), and the slowest machine that is supported (`limits.firstHeartbeatMs` names
 * it) takes about ten times as long under load. A task of a runner that really hangs waits this long for another one.
 */
const wedgedAfterMs = 5 * 60_000;
/** One Ctrl-C reaches a program several times: from the terminal, and from each parent that passes it on. */
const signalEchoMs = 2_000;

export interface ServeOptions {
  baseUrl: string;
  token: string;
  /** Repeats what fails in passing. */
  session: Call;
  dataDir: string;
  slots: number;
  describe: () => Promise<Omit<Runner, 'slots' | 'free_slots' | 'instance_id'>>;
  runTask: RunTask;
  /** Why this runner takes no work at the moment, or null. */
  shortage?: () => string | null;
  answer?: (question: OpenQuestion) => void;
  /** Those of a container when left out. */
  shutdownTimes?: ShutdownTimes;
  reportCrash?: WorkLeaseDeps['reportCrash'];
  log: Logger;
  redact: Redact;
}

/** Touched every two seconds while the runner is well; see `isHealthy`. */
export const heartbeatFile = (dataDir: string) => join(dataDir, 'heartbeat');

/**
 * Takes leases until SIGTERM or SIGINT, then hands back what is unfinished and resolves, within 8 s in all. Another
 * signal, when it is no echo of the first, ends the process at once.
 */
export async function serveUntilSignal(options: ServeOptions): Promise<void> {
  const { baseUrl, token, dataDir, log } = options;
  const shutdown = createShutdown(options.shutdownTimes);
  const instance_id = randomUUID();
  const describe = async () => ({ ...(await options.describe()), instance_id });
  const restoreSignals = onSignals((signal, sinceFirstMs) => {
    if (sinceFirstMs > signalEchoMs) process.exit(signal === 'SIGINT' ? 130 : 143);
    if (shutdown.stop.aborted) return;
    log.info(`${signal}: finishing the performers in hand and handing leases back; once more to end at once`);
    shutdown.begin();
  });
  const heartbeat = startHeartbeat({ baseUrl, token, file: heartbeatFile(dataDir), wedgedAfterMs }, log);
  try {
    await takeLeases({ ...options, describe, heartbeat, shutdown });
  } finally {
    await heartbeat.close();
    restoreSignals();
  }
}

function onSignals(heed: (signal: 'SIGTERM' | 'SIGINT', sinceFirstMs: number) => void): () => void {
  let firstAt: number | undefined;
  const listener = (signal: 'SIGTERM' | 'SIGINT') => {
    firstAt ??= performance.now();
    heed(signal, performance.now() - firstAt);
  };
  process.on('SIGTERM', listener);
  process.on('SIGINT', listener);
  return () => void process.off('SIGTERM', listener).off('SIGINT', listener);
}
