import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';

/** Its interpreter: `PYTHON`, else python3. */
const python = process.env.PYTHON ?? 'python3';
const script = resolve(import.meta.dirname, '../../../e2e/bench/plain-trainer.py');

const roundAnswer = z.object({ cpuMs: z.number(), faces: z.int() });

/** Python processes that analyse the same pictures with the same models, each a share of them. */
export interface PlainPython {
  /** Analyses all pictures once; CPU time of all processes in ms. */
  round(): Promise<number>;
  close(): void;
}

/** False when Python or one of its packages is absent: the comparison is skipped then. */
export function hasPython(): boolean {
  return spawnSync(python, ['-c', 'import cv2, numpy, onnxruntime'], { stdio: 'ignore' }).status === 0;
}

/** Starts `processes` interpreters, and resolves when each has loaded its models. */
export async function openPlainPython(
  models: { detector: string; embedder: string },
  images: string[],
  processes: number,
): Promise<PlainPython> {
  const workers = Array.from({ length: processes }, (_, i) =>
    startWorker({ ...models, images: images.filter((_, at) => at % processes === i) }),
  );
  await Promise.all(workers.map((worker) => worker.answer()));
  return {
    async round() {
      const answers = await Promise.all(workers.map((worker) => worker.again()));
      return answers.reduce((sum, answer) => sum + answer.cpuMs, 0);
    },
    close() {
      for (const worker of workers) worker.close();
    },
  };
}

function startWorker(task: object) {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(python, [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${script} ended; its error output says why`);
    return JSON.parse(value);
  };
  child.stdin.write(`${JSON.stringify(task)}\n`);
  return {
    answer,
    async again() {
      child.stdin.write('again\n');
      return roundAnswer.parse(await answer());
    },
    close: () => child.stdin.end(),
  };
}
