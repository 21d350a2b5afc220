import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRestarts } from '../../src/cli/start-runner.ts';
import { createApi } from '../../src/control/api.ts';
import { createSession } from '../../src/control/session.ts';
import { openCrashReport, trackWork } from '../../src/crash/crash-note.ts';
import { handleCrashes } from '../../src/crash/handle-crashes.ts';
import { serveUntilSignal } from '../../src/lease/serve.ts';
import { createLogger, createRedactor, printLines } from '../../src/logs/logger.ts';
import { whileFetching } from '../../src/work/current-work.ts';

/**
 * A runner for tests, as a process of its own: `crashing-runner.ts <url> <dir> <how>`, with `emit` or `reject` for an error that
 * nothing handles, which quotes the token, `kill` for an end by SIGKILL, and `never` for none.
 */
const [url = '', dataDir = '', how = 'never'] = process.argv.slice(2);
const token = 'runner-token-of-tests';
const redact = createRedactor([token]);
const log = createLogger({ sinks: [printLines((line) => process.stdout.write(line))], redact });
handleCrashes({ dataDir, log, redact });
const reportCrash = openCrashReport(dataDir, log, { restarts: readRestarts(process.env, redact) });
trackWork(dataDir, log);
const fault = () => new Error(`unexpected end of file, token ${token}`);

await serveUntilSignal({
  baseUrl: url,
  token,
  session: createSession({
    api: createApi({ baseUrl: url, token }),
    log,
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  }),
  dataDir,
  slots: 1,
  describe: async () => ({
    runner_id: 'crashing',
    name: 'crashing',
    version: '0',
    catalog_id: 'crashing',
    device: 'cpu',
    packs: [],
    sources: [],
  }),
  runTask: async () => {
    if (how === 'never') return { outcome: 'done' };
    if (how === 'kill') process.kill(process.pid, 'SIGKILL');
    return whileFetching('https://pictures.example/1.jpg', async () => {
      if (how === 'reject') void Promise.reject(fault());
      else setTimeout(() => new EventEmitter().emit('error', fault()), 1);
      return new Promise(() => {});
    });
  },
  reportCrash,
  log,
  redact,
});
process.exit(0);
