import { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** The test has a process or a thread end by an uncaught error, and says what must come of it. */
    mayCrash?: boolean;
  }
}

// Vitest itself fails on an uncaught error in its own process. Those in the processes and threads that tests start are seen here, and
// fail their test, because a program that restarts what has crashed can pass all the same.

/** Of the control plane and of the runner, for an uncaught error. */
const CRASHED = 70;
/** The last line that Node prints for an uncaught error. */
const NODES_LAST_WORDS = /^Node\.js v\d+\.\d+\.\d+\s*$/m;
/** What is kept of a process's standard error, from its end, characters. */
const KEPT = 4_000;

/** Files of a project may share a process, and then its modules are loaded once but this one anew for each. */
const shared: typeof globalThis & { crashesOfTests?: string[] } = globalThis;
if (!shared.crashesOfTests) {
  const crashes: string[] = [];
  shared.crashesOfTests = crashes;
  subscribe('child_process', (message) => {
    const child = fieldOf(message, 'process');
    if (child instanceof ChildProcess) watchProcess(child, crashes);
  });
  subscribe('worker_threads', (message) => {
    const worker = fieldOf(message, 'worker');
    if (worker instanceof Worker) watchThread(worker, crashes);
  });
}
const crashes = shared.crashesOfTests;

afterEach(({ task }) => failOn(crashes.splice(0), task.meta.mayCrash));
afterAll(() => failOn(crashes.splice(0)));

function failOn(seen: readonly string[], mayCrash = false): void {
  if (seen.length === 0 || mayCrash) return;
  throw new Error(
    `${seen.join('\n')}\nIf that is what the test wants, give it { meta: { mayCrash: true } }.`,
  );
}

function watchProcess(child: ChildProcess, crashes: string[]): void {
  let printed = '';
  // At once after the start, and beside the listener of the starter: nothing is taken from it.
  child.once('spawn', () =>
    child.stderr?.on('data', (piece: Buffer | string) => {
      printed = (printed + piece.toString()).slice(-KEPT);
    }),
  );
  child.once('close', (code) => {
    if (code !== CRASHED && !NODES_LAST_WORDS.test(printed)) return;
    crashes.push(`An uncaught error ended ${child.spawnargs.slice(0, 6).join(' ')} (${code}):\n${printed}`);
  });
}

/** An error that the starter listens to is no uncaught one for Node, but still a crash of the thread. */
function watchThread(worker: Worker, crashes: string[]): void {
  worker.on('error', (error) => {
    crashes.push(`An uncaught error ended a thread: ${error instanceof Error ? error.stack : String(error)}`);
    // With this listener alone Node would keep silent about it.
    if (worker.listenerCount('error') === 1) throw error;
  });
}

function fieldOf(message: unknown, key: string): unknown {
  return typeof message === 'object' && message !== null && key in message
    ? Reflect.get(message, key)
    : undefined;
}
