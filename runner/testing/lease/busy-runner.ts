import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { hangLimits } from '@trainer/testing/hang-limits';
import { createApi } from '../../src/control/api.ts';
import { createSession } from '../../src/control/session.ts';
import { serveUntilSignal } from '../../src/lease/serve.ts';
import { createLogger, printLines } from '../../src/logs/logger.ts';

/**
 * A runner for tests, as a process of its own, that computes on every core: threads that never rest, and a main thread
 * that is blocked for `--block` ms out of every `--block` + 20.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    dir: { type: 'string' },
    block: { type: 'string' },
    burners: { type: 'string' },
  },
});
const { url = '', dir = '' } = values;
const blockMs = Number(values.block ?? 0);
for (let i = 0; i < Number(values.burners ?? 0); i += 1) new Worker('for (;;);', { eval: true }).unref();

function block(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

const token = 'runner-token-of-tests';
const redact = (text: string) => text;
const log = createLogger({ sinks: [printLines((line) => process.stdout.write(line))], redact });
await serveUntilSignal({
  // A container's seconds are too few for a busy processor on a busy machine.
  shutdownTimes: {
    signalAfterMs: hangLimits.waitMs,
    abandonAfterMs: hangLimits.waitMs,
    cutOffAfterMs: hangLimits.waitMs,
  },
  baseUrl: url,
  token,
  session: createSession({
    api: createApi({ baseUrl: url, token, timeoutMsOf: () => hangLimits.waitMs }),
    log,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  }),
  dataDir: dir,
  slots: 2,
  describe: async () => ({
    runner_id: 'busy',
    name: 'busy',
    version: '0',
    catalog_id: 'busy',
    device: 'cpu',
    packs: [],
    sources: [],
  }),
  runTask: async ({ stop, report, lease }) => {
    for (let performers = 1; !stop.aborted; performers += 1) {
      block(blockMs);
      report({ ...lease.progress, performers_processed: performers });
      await sleep(20);
    }
    return { outcome: 'stopped' };
  },
  log,
  redact,
});
process.exit(0);
