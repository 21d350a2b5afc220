import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { hangLimits } from '@trainer/testing/hang-limits';

const ROOT = resolve(import.meta.dirname, '../..');
const LEASH = resolve(import.meta.dirname, 'die-with-parent.ts');
/** What is kept of a program's output, from its end. */
const OUTPUT_MAX_LENGTH = 400_000;
/** What a program may know of its starter's environment: a key in a developer's shell must not reach a test. */
const INHERITED =
  /^(PATH|HOME|LANG|TMPDIR|XDG_CACHE_HOME|npm_config_registry|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE|https?_proxy|no_proxy)$/i;

export interface ProgramOptions {
  /** For messages: "control plane". */
  name: string;
  /** Script, from the project's root, and its arguments. */
  args: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Program extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  /** Both streams, as they came. */
  output(): string;
  /**
   * Resolves with the first match in stdout and stderr; rejects, with the output, when the program ends or does not print it
   * within `hangLimits.waitMs`.
   */
  printed(pattern: RegExp): Promise<RegExpMatchArray>;
  readonly ended: Promise<Exit>;
  /** SIGTERM, and SIGKILL after `hangLimits.waitMs`. Does nothing once it has ended. */
  stop(): Promise<Exit>;
  /** What a power cut does to it, and to what it has started. */
  kill9(): Promise<void>;
}

/** A program did not do what it was started for; the message shows what it printed. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

/**
 * Starts a program with the Node that runs this one, in its own process group, so that Ctrl-C is left to the starter. It
 * dies with its starter, even when that is killed.
 */
export function startProgram({ name, args, env = {} }: ProgramOptions): Program {
  const child = spawn(process.execPath, ['--import', LEASH, ...args], {
    cwd: ROOT,
    env: { ...inherited(process.env), ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode }));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  async function stop(): Promise<Exit> {
    if (!hasEnded()) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), hangLimits.waitMs);
    return ended.finally(() => clearTimeout(timer));
  }

  function printed(pattern: RegExp): Promise<RegExpMatchArray> {
    return new Promise((done, fail) => {
      const give = (why: string) =>
        finish(() => fail(new ProgramError(`The ${name} ${why}. It printed:\n${output.text()}`)));
      const timer = setTimeout(
        () => give(`did not print ${pattern} within ${hangLimits.waitMs} ms`),
        hangLimits.waitMs,
      );
      const look = () => {
        const match = output.text().match(pattern);
        if (match) finish(() => done(match));
        else if (hasEnded())
          give(`ended (${child.exitCode ?? child.signalCode}) before it printed ${pattern}`);
      };
      const finish = (end: () => void) => {
        clearTimeout(timer);
        output.unwatch(look);
        end();
      };
      output.watch(look);
      look();
    });
  }

  return {
    name,
    pid: child.pid ?? 0,
    output: output.text,
    printed,
    ended,
    stop,
    async kill9() {
      if (!hasEnded() && child.pid) process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** For `catch`: a program that did not become ready is not left behind. */
export function stopFirst(program: Program): (error: unknown) => Promise<never> {
  return async (error) => {
    await program.stop();
    throw error;
  };
}

function inherited(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([variable]) => INHERITED.test(variable)));
}

/** Gathers what a child prints, and calls its watchers at every piece and at the end. */
function collect(child: ChildProcess) {
  let text = '';
  const watchers = new Set<() => void>();
  const tell = () => {
    for (const watcher of [...watchers]) watcher();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text = (text + piece).slice(-OUTPUT_MAX_LENGTH);
      tell();
    });
  }
  child.on('close', tell);
  return {
    text: () => text,
    watch: (watcher: () => void) => void watchers.add(watcher),
    unwatch: (watcher: () => void) => void watchers.delete(watcher),
  };
}
