import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Call, createClient } from '@trainer/contract/client';
import { type Program, startProgram, stopFirst } from './program.ts';

export interface ControlPlane extends Program {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** The API with the token that the first start left in `DATA_DIR`. */
  readonly call: Call;
  /** A fresh link that logs its first visitor in as owner. */
  readonly loginLink: () => Promise<string>;
}

/** Where it runs: on Node, or on workerd as on Cloudflare, with a local R2 and a libSQL server. */
export type Edge = 'node' | 'workerd';

const entries: Record<Edge, string> = {
  node: 'control-plane/src/edge/node/main.ts',
  workerd: 'control-plane/src/edge/local/main.ts',
};

/**
 * Starts a control plane on loopback and waits until it is ready.
 *
 * @param port 0 takes any free one
 */
export async function startControlPlane({
  dataDir,
  port = 0,
  edge = 'node',
}: {
  dataDir: string;
  port?: number;
  edge?: Edge;
}): Promise<ControlPlane> {
  const env = { DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: String(port) };
  const program = startProgram({ name: 'control plane', args: [entries[edge]], env });
  const [url] = await program.printed(/http:\/\/127\.0\.0\.1:\d+/).catch(stopFirst(program));
  const call = createClient({ baseUrl: url, token: await tokenIn(dataDir, 'admin-token') });
  return { ...program, url, call, loginLink: () => loginLink({ ...env, PORT: new URL(url).port }) };
}

async function loginLink(env: Record<string, string>): Promise<string> {
  await using program = startProgram({
    name: 'login-link',
    args: ['control-plane/src/edge/node/cli/main.ts', 'login-link'],
    env,
  });
  const [link] = await program.printed(/http:\S+#code=\S+/);
  return link;
}

/** A token that the control plane leaves in its `DATA_DIR`: `admin-token`, `runner-token`. */
export async function tokenIn(dataDir: string, file: string): Promise<string> {
  return (await readFile(join(dataDir, file), 'utf8')).trim();
}
