import type { RouteKey } from '@trainer/contract/routes';
import { runCli } from '../../src/cli/run-cli.ts';
import { json } from '../fake-control-plane/answers.ts';
import { startFakeControlPlane } from '../fake-control-plane/start-fake-control-plane.ts';

/** Carries a command line out as a shell would, with nothing from this process's own environment. */
export async function runCommand(
  args: string,
  env: Record<string, string> = {},
  interrupted = new AbortController().signal,
) {
  const said = { out: '', err: '' };
  const code = await runCli(args.split(' '), {
    env,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    isWatched: false,
    interrupted,
  });
  return { ...said, code };
}

/** A control plane that gives these answers, and the environment in which commands find it. */
export async function startServer(answers: Partial<Record<RouteKey, unknown>> = {}) {
  const server = await startFakeControlPlane();
  for (const [key, answer] of Object.entries(answers)) server.override(key as RouteKey, () => json(answer));
  return { server, env: { CONTROL_PLANE_URL: server.url, CONTROL_PLANE_TOKEN: server.token } };
}
