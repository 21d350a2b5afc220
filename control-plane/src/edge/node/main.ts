import { parseRestarts } from '@trainer/contract/leases';
import { keepFilesPrivate } from '@trainer/contract/private-files';
import type { Clock, ProgramLog } from '../../context/deps.ts';
import { withCauses } from '../../http/with-causes.ts';
import { createLoginLink } from '../../tokens/open-session.ts';
import { housekeeping } from '../housekeeping.ts';
import { printLine } from '../print-line.ts';
import { buildDeps } from './build-deps.ts';
import { provideFirstTokens } from './first-tokens.ts';
import { lockDataDir } from './lock-data-dir.ts';
import { endOnUncaughtError, signalled } from './process-end.ts';
import { serveApp } from './serve-app.ts';
import { dashboardUrl, readNodeSettings } from './settings.ts';

/** Runs the control plane on Node until it is told to end. */
async function main(): Promise<void> {
  const settings = readNodeSettings(process.env);
  keepFilesPrivate(process.env);
  const release = lockDataDir(settings.DATA_DIR);
  const closing = new AbortController();
  const deps = await buildDeps(settings, closing.signal);
  const isFirstStart = await provideFirstTokens(deps, settings);
  const served = await serveApp(deps, { host: settings.HOST, port: settings.PORT });
  const url = dashboardUrl(settings, served.port);
  printLine('info', `The control plane answers at ${url}`);
  const restarts = parseRestarts(process.env.SUPERVISED);
  if (restarts) {
    printLine(
      'warn',
      `The control plane was started again, ${restarts.count} times so far. The last time, at ${restarts.last_at}, it ${restarts.reason}`,
    );
  }
  if (isFirstStart) {
    // Not through the log, which may be collected: this goes to whoever looks at the first start.
    console.log(`\n  Log in once, within a day, as owner:\n\n    ${await createLoginLink(deps, url)}\n`);
  }
  const until = { ...deps, signal: closing.signal };
  const loops = housekeeping.map(({ everyMs, what, work }) => every(everyMs, what, () => work(deps), until));
  const signal = await signalled();
  printLine('info', `Ending on ${signal}`);
  closing.abort();
  await Promise.all([served.close(), ...loops]);
  await deps.settled();
  deps.db.$client.close();
  release();
}

endOnUncaughtError('The control plane');
try {
  await main();
} catch (error) {
  printLine('error', `The control plane cannot run: ${withCauses(error)}`);
  process.exitCode = 1;
}

/**
 * Does `work` now and every `ms` after it ended, until `signal` aborts. A failure is logged and the next turn
 * tries again.
 */
async function every(
  ms: number,
  what: string,
  work: () => Promise<unknown>,
  { clock, log, signal }: { clock: Clock; log: ProgramLog; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (error) {
      log('error', `${what} failed: ${withCauses(error)}`);
    }
    await clock.sleep(ms, signal);
  }
}
