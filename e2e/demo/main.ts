/**
 * `npm run demo`: control plane, runner and a stash-box of twenty invented people on loopback, and one build from its
 * beginning to its end. It stays up for the dashboard until Ctrl-C; `npm run demo -- --exit` ends after the build, with 0
 * when a version was published and 1 otherwise. With `--edge` the control plane runs on workerd, as on Cloudflare.
 */
import { parseArgs } from 'node:util';
import { ApiProblem, ApiUnreachable } from '@trainer/contract/client';
import { SettingsError } from '@trainer/contract/settings';
import { ProgramError } from '../programs/program.ts';
import { buildOnce } from './build-once.ts';
import { openDemo } from './open-demo.ts';
import { readDemoSettings } from './settings.ts';

const { values } = parseArgs({
  options: { exit: { type: 'boolean', default: false }, edge: { type: 'boolean', default: false } },
});
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interruption.abort(new ProgramError(`Ended by ${signal}.`)));
}

try {
  await using demo = await openDemo(
    readDemoSettings(process.env, values.edge ? 'workerd' : 'node'),
    interruption.signal,
  );
  const run = await buildOnce(demo, interruption.signal);
  process.exitCode = run.status === 'completed' ? 0 : 1;
  if (!values.exit) {
    console.log(`\nThe dashboard, with a link that works once: ${await demo.controlPlane.loginLink()}`);
    console.log('It stays up until Ctrl-C ends the demo; what the build made is kept.');
    await demo.over(interruption.signal);
  }
} catch (error) {
  const isClear = [ProgramError, SettingsError, ApiProblem, ApiUnreachable].some(
    (kind) => error instanceof kind,
  );
  if (!isClear || !(error instanceof Error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
