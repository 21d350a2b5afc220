import { withCauses } from '../../http/with-causes.ts';
import { reapLeases } from '../../leases/reap-leases.ts';
import { pruneLogs } from '../../logs/prune-logs.ts';
import { forgetOldQuestions } from '../../questions/forget-old-questions.ts';
import { createLoginLink } from '../../tokens/create-login-link.ts';
import { pruneVersions } from '../../versions/prune-versions.ts';
import { buildDeps } from './build-deps.ts';
import { dashboardUrl } from './dashboard-url.ts';
import { every } from './every.ts';
import { provideFirstTokens } from './first-tokens.ts';
import { printLine } from './print-line.ts';
import { serveApp } from './serve-app.ts';
import { readNodeSettings } from './settings.ts';
import { signalled } from './signalled.ts';

const REAP_EVERY_MS = 1_000;
const FORGET_EVERY_MS = 60 * 1_000;
const PRUNE_EVERY_MS = 60 * 60 * 1_000;

/** Runs the control plane on Node until it is told to end. */
async function main(): Promise<void> {
  const settings = readNodeSettings(process.env);
  const closing = new AbortController();
  const deps = await buildDeps(settings, closing.signal);
  const isFirstStart = await provideFirstTokens(deps, settings);
  const served = await serveApp(deps, { host: settings.HOST, port: settings.PORT });
  const url = dashboardUrl(settings, served.port);
  printLine('info', `The control plane answers at ${url}`);
  if (isFirstStart) {
    // Not through the log, which may be collected: this goes to whoever looks at the first start.
    console.log(`\n  Log in once, within a day, as owner:\n\n    ${await createLoginLink(deps, url)}\n`);
  }
  const loops = [
    every(REAP_EVERY_MS, 'Looking after leases', () => reapLeases(deps), { ...deps, signal: closing.signal }),
    every(FORGET_EVERY_MS, 'Forgetting questions', () => forgetOldQuestions(deps), {
      ...deps,
      signal: closing.signal,
    }),
    every(PRUNE_EVERY_MS, 'Pruning logs', () => pruneLogs(deps), { ...deps, signal: closing.signal }),
    every(PRUNE_EVERY_MS, 'Pruning versions', () => pruneVersions(deps), {
      ...deps,
      signal: closing.signal,
    }),
  ];
  const signal = await signalled();
  printLine('info', `Ending on ${signal}`);
  closing.abort();
  await Promise.all([served.close(), ...loops]);
  deps.db.$client.close();
}

try {
  await main();
} catch (error) {
  printLine('error', `The control plane cannot run: ${withCauses(error)}`);
  process.exitCode = 1;
}
