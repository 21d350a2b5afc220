import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const { PATH, NODE_COMPILE_CACHE } = process.env;

export interface StartedProgram {
  process: ChildProcess;
  url: string;
  /** Everything it has printed so far. */
  printed: () => string;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

/** Starts a program of edge/node as its user does, on a free port, and waits until it says where it answers. */
export async function startProgram(
  env: Record<string, string>,
  program: 'main.ts' | 'libsql-server.ts' = 'main.ts',
): Promise<StartedProgram> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/edge/node', program)], {
    env: { PATH, NODE_COMPILE_CACHE, PORT: '0', ...env },
  });
  let output = '';
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null);
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /answers at (http:\/\/\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    ended.then((code) => reject(new Error(`It ended with ${code}:\n${output}`)));
  });
  return { process: child, url, printed: () => output, ended };
}
