import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call } from '@trainer/contract/client';
import type { RequestOf } from '@trainer/contract/routes';
import { finalRunStatuses, type RunDetail } from '@trainer/contract/runs';
import { ensurePack } from '../runner/src/models/ensure-pack.ts';
import { defaultModelsDir } from '../runner/src/models/list-packs.ts';
import { type StashBox, startStashBox } from '../runner/testing/stash-box/start-stash-box.ts';
import { demoCacheDir } from './demo/cache-dir.ts';
import { type DemoWorld, makeWorld } from './demo/make-world.ts';
import { type ControlPlane, type Edge, startControlPlane } from './programs/control-plane.ts';
import type { Program } from './programs/program.ts';
import { startRunner } from './programs/runner.ts';
import { until } from './programs/until.ts';

type BuildParams = RequestOf<'POST /api/build/start'>['body'];

/** The demo's stash-box on loopback has no other guests, so nobody waits for a rate limit. */
const CONFIG = { sources: { stashdb: { rate_limit: 6_000, concurrency: 8, max_faces: 6 } } };
const BUILD: BuildParams = { sources: ['stashdb'], model_pack: 'starter', max_faces_per_source: 6 };

export interface TrainerOptions {
  /** How many of the twenty people the stash-box has; all by default. */
  people?: number;
  /** Further variables of the runner. */
  runnerEnv?: Record<string, string>;
  /** Files of the owner's own sources, by id. */
  sources?: Record<string, string>;
  /** Where the control plane runs. */
  edge?: Edge;
}

/**
 * The whole thing on one machine, for one test file: a control plane and a runner as processes of their own, in a folder
 * that goes away, and a stash-box in this process, so that a test can count its requests and spoil its answers.
 */
export async function openTrainer({ people, runnerEnv, sources = {}, edge }: TrainerOptions = {}) {
  const modelsDir = defaultModelsDir();
  await ensurePack('starter', modelsDir);
  const box = await startStashBox(firstOf(await makeWorld(demoCacheDir()), people));
  const dir = await mkdtemp(join(tmpdir(), 'trainer-'));
  const controlPlaneDir = join(dir, 'control-plane');
  let controlPlane: ControlPlane = await startControlPlane({ dataDir: controlPlaneDir, edge });
  const { url } = controlPlane;
  const call = controlPlane.call;
  await mkdir(join(dir, 'runner', 'sources'), { recursive: true });
  for (const [id, yaml] of Object.entries(sources)) {
    await writeFile(join(dir, 'runner', 'sources', `${id}.yaml`), yaml);
  }
  let runner: Program = openRunner();
  const others: Program[] = [];

  function openRunner(name = 'runner', env: Record<string, string> = {}): Program {
    return startRunner({
      dataDir: join(dir, name),
      modelsDir,
      controlPlane: { url, dataDir: controlPlaneDir },
      stashBox: box,
      env: { ...runnerEnv, ...env },
    });
  }

  await call('PUT /api/config', { headers: { 'if-match': '"0"' }, body: CONFIG });

  async function start(params: BuildParams = {}): Promise<number> {
    return (await call('POST /api/build/start', { body: { ...BUILD, ...params } })).run_id;
  }

  const read = (id: number) => call('GET /api/runs/{id}', { params: { id } });

  /** @throws Error with the last state and what both programs printed */
  async function ended(id: number): Promise<RunDetail> {
    const probe = () => read(id).then((run) => isFinal(run) && run);
    return until(`run ${id} ends`, probe, { everyMs: 100, explain });
  }

  function explain(): string {
    return [controlPlane, runner, ...others]
      .map((program) => `--- ${program.name} ---\n${program.output().slice(-20_000)}`)
      .join('\n');
  }

  return {
    dir,
    box,
    url,
    controlPlaneDir,
    call,
    start,
    read,
    ended,
    build: async (params?: BuildParams) => ended(await start(params)),
    explain,
    runner: () => runner,
    controlPlane: () => controlPlane,
    /** Starts the next runner on the catalog of the one that has ended. */
    restartRunner: () => {
      runner = openRunner();
    },
    /** Starts one more runner beside the first, in a folder of its own. */
    addRunner: (name: string, env: Record<string, string> = {}): Program => {
      const added = openRunner(name, { RUNNER_NAME: name, ...env });
      others.push(added);
      return added;
    },
    /** Starts the next control plane, at the address of the one that has ended. */
    restartControlPlane: async () => {
      const port = Number(new URL(url).port);
      controlPlane = await startControlPlane({ dataDir: controlPlaneDir, port, edge });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([runner, ...others].map((each) => each.stop()));
      await controlPlane.stop();
      await box.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export type Trainer = Awaited<ReturnType<typeof openTrainer>>;
export type { Call, StashBox };

function isFinal({ status }: RunDetail): boolean {
  return finalRunStatuses.some((final) => final === status);
}

/** The same world with fewer people. */
export function firstOf(world: DemoWorld, people = Number.POSITIVE_INFINITY): DemoWorld {
  const alive = world.performers.filter(({ deleted }) => !deleted).slice(0, people);
  const ids = new Set(alive.map(({ id }) => id));
  const merged = world.performers.filter(({ merged_into_id }) => ids.has(merged_into_id ?? ''));
  return { ...world, performers: [...alive, ...merged] };
}
