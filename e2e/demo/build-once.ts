import type { Call } from '@trainer/contract/client';
import type { RunDetail } from '@trainer/contract/runs';
import { downloadArtifact } from '../../runner/src/cli/download-artifact.ts';
import { followRun } from '../../runner/src/cli/follow-run.ts';
import type { Terminal } from '../../runner/src/cli/terminal.ts';
import { describeBuild } from './describe-build.ts';
import type { Demo } from './open-demo.ts';

/** Everybody has six usable pictures; the registry's default is five. The box is ours, so nobody minds the rate. */
const STASHDB = { max_faces: 6, rate_limit: 6_000, concurrency: 8 };

/** One build, watched to its end, and what came of it in words. Fetches the version's zip into the demo's folder. */
export async function buildOnce(demo: Demo, interrupted: AbortSignal): Promise<RunDetail> {
  const { call } = demo.controlPlane;
  const terminal: Terminal = {
    env: process.env,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isWatched: process.stderr.isTTY === true,
    interrupted,
  };
  const id = (await unfinishedRun(call)) ?? (await startRun(call));
  const run = await Promise.race([followRun(call, id, terminal), demo.over(interrupted)]);
  interrupted.throwIfAborted();
  if (!run) throw new Error('unreachable: without an interruption there is a run');
  const zip = await fetchZip(call, run, demo.dataDir, terminal);
  console.log(describeBuild({ run, zip }));
  return run;
}

/** A run that an earlier demo was interrupted in: the runner is on it again already. */
async function unfinishedRun(call: Call): Promise<number | null> {
  const { running, run_id } = await call('GET /api/status');
  if (!running || run_id === null) return null;
  console.log(`Run ${run_id} was interrupted the last time, and goes on now.\n`);
  return run_id;
}

async function startRun(call: Call): Promise<number> {
  await configure(call);
  const { run_id } = await call('POST /api/build/start', {
    body: { sources: ['stashdb'], model_pack: 'starter', max_faces_per_source: 6 },
  });
  console.log(
    `Run ${run_id} has begun. The first time, the model pack "starter" comes through the npm registry.\n`,
  );
  return run_id;
}

/** Changes only what the demo needs, so that what somebody else has set on the dashboard stays. */
async function configure(call: Call): Promise<void> {
  const { revision, ...config } = await call('GET /api/config');
  const stashdb = { ...config.sources.stashdb, ...STASHDB };
  if (JSON.stringify(stashdb) === JSON.stringify(config.sources.stashdb)) return;
  await call('PUT /api/config', {
    headers: { 'if-match': `"${revision}"` },
    body: { ...config, sources: { ...config.sources, stashdb } },
  });
}

async function fetchZip(
  call: Call,
  { version }: RunDetail,
  folder: string,
  terminal: Terminal,
): Promise<string | null> {
  if (version === null) return null;
  const view = await call('GET /api/versions/{version}', { params: { version } });
  const artifact = view.artifacts.find(({ name }) => name === view.filename);
  return artifact ? downloadArtifact(call, { version, artifact, folder }, terminal) : null;
}
