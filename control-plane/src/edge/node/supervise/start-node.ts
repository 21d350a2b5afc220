import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Restarts } from '@trainer/contract/leases';
import type { Child, End } from './supervise.ts';

const LEASH = join(import.meta.dirname, 'leash.ts');

export interface NodeProgram {
  name: string;
  /** Script and arguments. */
  args: readonly string[];
  /** Gets each line that it prints. */
  print: (line: string) => void;
}

/**
 * Starts a program with the Node that runs this one, and with the variables of `.env` in the working folder when there is one. It is in
 * a process group of its own, so that Ctrl-C reaches the supervisor alone, which ends the programs in their order.
 */
export function startNode({ name, args, print }: NodeProgram, restarts: Restarts | null): Child {
  const envFile = resolve('.env');
  const options = [...(existsSync(envFile) ? [`--env-file=${envFile}`] : []), '--import', LEASH];
  const child = spawn(process.execPath, [...options, ...args], {
    env: { ...process.env, ...(restarts && { SUPERVISED: JSON.stringify(restarts) }) },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<End>();
  let lastLine = '';
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue;
    createInterface({ input }).on('line', (line) => {
      if (line.trim()) lastLine = line.trim();
      print(`[${name}] ${line}`);
    });
  }
  child.on('error', ({ message }) => end({ code: 1, signal: null, lastLine: message }));
  child.on('close', (code, signal) => end({ code, signal, lastLine }));
  return { ended, kill: (signal) => void child.kill(signal) };
}
