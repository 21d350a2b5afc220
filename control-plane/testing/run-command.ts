import { runCli } from '../src/edge/node/cli/run-cli.ts';

/** Carries a command line of the control plane out, with nothing from this process's own environment. */
export async function runCommand(args: readonly string[], env: Record<string, string> = {}) {
  const said = { out: '', err: '' };
  const code = await runCli(args, {
    env,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { ...said, code };
}
