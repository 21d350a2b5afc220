import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

export interface Cost {
  /** Seconds, of all threads. */
  cpu: number;
  /** Seconds. */
  wall: number;
}

const cost = z.object({ cpu: z.number(), wall: z.number() });
const python = process.env.PYTHON ?? 'python3';

/** False where Python or one of the packages `voyager` and `numpy` is missing; `PYTHON` names the interpreter that has them. */
export function hasVoyager(): boolean {
  return spawnSync(python, ['-c', 'import numpy, voyager']).status === 0;
}

/** Adds the rows of a file to a new index in Python, and saves it. The start of Python is not counted. */
export function addWithVoyager(options: {
  vectorPath: string;
  voyPath: string;
  dimensions: number;
  m: number;
  efConstruction: number;
  threads: number;
}): Cost {
  const { vectorPath, voyPath, dimensions, m, efConstruction, threads } = options;
  const script = join(import.meta.dirname, 'add_items.py');
  const numbers = [dimensions, m, efConstruction, threads].map(String);
  const done = spawnSync(python, [script, vectorPath, ...numbers, voyPath], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`add_items.py failed: ${done.stderr}`);
  return cost.parse(JSON.parse(done.stdout));
}
