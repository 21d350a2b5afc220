import { resolve } from 'node:path';
import { startNode } from './start-node.ts';
import { supervise } from './supervise.ts';

/** One Ctrl-C may reach a program several times: from the terminal, and from npm, which passes it on. */
const echoMs = 2_000;

const ROOT = resolve(import.meta.dirname, '../../../../..');
/** In the order in which they start: the runner hands its leases back to a control plane that is still there. */
const scripts = new Map([
  ['control-plane', ['control-plane/src/edge/node/main.ts']],
  ['runner', ['runner/src/main.ts', 'start']],
]);

const print = (line: string) => void process.stdout.write(`${line}\n`);
// Without a reader the programs go on.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

/** `npm start`: both programs, or those that the arguments name, until one of them ends on purpose or a signal comes. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !scripts.has(name));
  if (unknown.length > 0) {
    throw new Error(
      `There is no program ${unknown.join(', ')}: name ${[...scripts.keys()].join(', ')}, or none for all`,
    );
  }
  const [stop, stopNow] = [new AbortController(), new AbortController()];
  let firstAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    firstAt ??= performance.now();
    if (!stop.signal.aborted) print(`Ending on ${signal}`);
    stop.abort();
    if (performance.now() - firstAt > echoMs) stopNow.abort();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  const programs = [...scripts]
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([name, [script = '', ...rest]]) => ({
      name,
      start: (restarts: Parameters<typeof startNode>[1]) =>
        startNode({ name, args: [resolve(ROOT, script), ...rest], print }, restarts),
    }));
  await supervise({ programs, stop: stop.signal, stopNow: stopNow.signal, say: print });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  print(`The programs cannot be started: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
process.exit();
