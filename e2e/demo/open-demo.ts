import { resolve } from 'node:path';
import { aborted } from '@trainer/async/aborted';
import { defaultModelsDir } from '../../runner/src/models/list-packs.ts';
import { type ControlPlane, type Edge, startControlPlane } from '../programs/control-plane.ts';
import { type Program, ProgramError } from '../programs/program.ts';
import { startRunner } from '../programs/runner.ts';
import { startStashBoxProgram } from '../programs/stash-box.ts';
import { demoCacheDir } from './cache-dir.ts';
import { isFree } from './free-port.ts';

export interface DemoSettings {
  DATA_DIR: string;
  PORT: number;
  edge: Edge;
}

/** The three programs of the demo; disposing ends the runner first, so that it can still hand its leases back. */
export interface Demo extends AsyncDisposable {
  controlPlane: ControlPlane;
  dataDir: string;
  /** Resolves when `interrupted` aborts; rejects when a program ends by itself. */
  over: (interrupted: AbortSignal) => Promise<void>;
}

/** @throws ProgramError when the port is taken or a program does not start */
export async function openDemo(
  { DATA_DIR, PORT, edge }: DemoSettings,
  interrupted: AbortSignal,
): Promise<Demo> {
  if (!(await isFree(PORT))) {
    throw new ProgramError(
      `Port ${PORT} of 127.0.0.1 is in use, perhaps by another demo. End that program, or choose another port: PORT=${PORT + 10} npm run demo`,
    );
  }
  const dataDir = resolve(DATA_DIR);
  // Photos and models belong to the machine and not to one demo: another DATA_DIR shall not fetch them again.
  const { DATA_DIR: _, ...env } = process.env;
  await using programs = new AsyncDisposableStack();
  const started = async <P extends Program>(program: Promise<P>) => programs.use(await program);

  console.log('Starting the demo stash-box (the first time, its photos come through the npm registry).');
  // At the same address each time if possible: then a picture's address is the same in the next build, too.
  const port = (await isFree(PORT + 1)) ? PORT + 1 : 0;
  const stashBox = await started(startStashBoxProgram({ cacheDir: demoCacheDir(env), port }));
  interrupted.throwIfAborted();
  console.log(
    `It has ${stashBox.performers} invented people and ${stashBox.images} pictures. Starting the control plane${edge === 'workerd' ? ' on workerd' : ''} and a runner.`,
  );
  const controlPlane = await started(startControlPlane({ dataDir, port: PORT, edge }));
  interrupted.throwIfAborted();
  const modelsDir = defaultModelsDir(env);
  const runner = programs.use(
    startRunner({ dataDir, modelsDir, controlPlane: { url: controlPlane.url, dataDir }, stashBox }),
  );

  const all = [stashBox, controlPlane, runner];
  const kept = programs.move();
  return {
    controlPlane,
    dataDir,
    over: (signal) => Promise.race([aborted(signal), ...all.map(endedEarly)]),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function endedEarly({ name, ended, output }: Program): Promise<never> {
  const { code, signal } = await ended;
  throw new ProgramError(
    `The ${name} has ended by itself (${code ?? signal}). It printed:\n${output().slice(-4_000)}`,
  );
}
