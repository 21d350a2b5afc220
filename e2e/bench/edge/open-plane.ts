import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Call, createClient } from '@trainer/contract/client';
import { type ControlPlane, type Edge, startControlPlane, tokenIn } from '../../programs/control-plane.ts';

/** Who calls a control plane. */
export interface Callers {
  owner: Call;
  runner: Call;
}

/** A control plane as a program of its own, in a folder that goes away. */
export interface Plane extends AsyncDisposable, Callers {
  edge: Edge;
  url: string;
  /** Its `DATA_DIR`. */
  dir: string;
  program: () => ControlPlane;
  /** Ends it as a power cut does, and starts it again at the same address. */
  restart: () => Promise<void>;
  ownerToken: string;
  runnerToken: string;
}

export async function openPlane(edge: Edge): Promise<Plane> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-edge-'));
  let program = await startControlPlane({ dataDir: dir, edge });
  const { url } = program;
  const ownerToken = await tokenIn(dir, 'admin-token');
  const runnerToken = await tokenIn(dir, 'runner-token');
  return {
    edge,
    url,
    dir,
    program: () => program,
    restart: async () => {
      await program.kill9();
      program = await startControlPlane({ dataDir: dir, edge, port: Number(new URL(url).port) });
    },
    owner: createClient({ baseUrl: url, token: ownerToken }),
    runner: createClient({ baseUrl: url, token: runnerToken }),
    ownerToken,
    runnerToken,
    [Symbol.asyncDispose]: async () => {
      await program.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
