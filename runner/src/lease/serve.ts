import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Call } from '@trainer/shared/client';
import type { Runner } from '@trainer/shared/leases';
import type { Logger } from '../logs/logger.ts';
import type { Redact } from '../logs/redact.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createShutdown } from './shutdown.ts';
import { takeLeases } from './take-leases.ts';
import type { RunTask } from './task.ts';

/** A main thread that is silent for this long hangs: the longest honest pause (a huge index) is well below. */
const wedgedAfterMs = 60_000;

export interface ServeOptions {
  baseUrl: string;
  token: string;
  /** Repeats what fails in passing. */
  session: Call;
  dataDir: string;
  slots: number;
  describe: () => Promise<Omit<Runner, 'free_slots' | 'instance_id'>>;
  runTask: RunTask;
  log: Logger;
  redact: Redact;
}

/** Touched every two seconds while the runner is well; see `isHealthy`. */
export const heartbeatFile = (dataDir: string) => join(dataDir, 'heartbeat');

/**
 * Takes leases until SIGTERM or SIGINT, then hands back what is unfinished and resolves, within 8 s in all. A second
 * signal ends the process at once.
 */
export async function serveUntilSignal(options: ServeOptions): Promise<void> {
  const { baseUrl, token, dataDir, log } = options;
  const shutdown = createShutdown();
  const instance_id = randomUUID();
  const describe = async () => ({ ...(await options.describe()), instance_id });
  const restoreSignals = onSignals((signal, times) => {
    if (times > 1) process.exit(signal === 'SIGINT' ? 130 : 143);
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

function onSignals(heed: (signal: 'SIGTERM' | 'SIGINT', times: number) => void): () => void {
  let times = 0;
  const listener = (signal: 'SIGTERM' | 'SIGINT') => {
    times += 1;
    heed(signal, times);
  };
  process.on('SIGTERM', listener);
  process.on('SIGINT', listener);
  return () => void process.off('SIGTERM', listener).off('SIGINT', listener);
}
