import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');

const reportSchema = z.object({
  testResults: z.array(
    z.object({ assertionResults: z.array(z.object({ title: z.string(), status: z.string() })) }),
  ),
});

/** What a test may do that goes wrong unseen: each passes by what it expects, and must fail all the same. */
const unseen = {
  'a program that ends by an uncaught error': `
    const child = spawn(process.execPath, ['--eval', 'throw new Error("unheard")'], { stdio: ['ignore', 'ignore', 'pipe'] });
    await once(child, 'close');`,
  'a program that says so with its exit code': `
    const child = spawn(process.execPath, ['--eval', 'process.exit(70)'], { stdio: 'ignore' });
    await once(child, 'close');`,
  'a thread that fails, although somebody listens': `
    const worker = new Worker('throw new Error("unheard")', { eval: true });
    await new Promise((resolve) => worker.on('error', resolve));`,
  'a thread that fails, and nobody listens': `
    const worker = new Worker('throw new Error("unheard")', { eval: true });
    await new Promise((resolve) => worker.on('exit', resolve));`,
  'a rejection that nothing handles': `
    void Promise.reject(new Error('unheard'));
    await new Promise((resolve) => setTimeout(resolve, 20));`,
  'an error event that nothing listens to': `
    setTimeout(() => new EventEmitter().emit('error', new Error('unheard')), 1);
    await new Promise((resolve) => setTimeout(resolve, 20));`,
};

describe('the suite', () => {
  it('fails on every uncaught error, wherever a test causes it', { timeout: 180_000 }, async () => {
    // Inside of the project, where vitest is found.
    const dir = await mkdtemp(join(ROOT, 'node_modules/.crashes-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    const names = Object.entries(unseen).map(async ([name, source], i) => {
      await writeFile(join(dir, `${i}.test.mjs`), testFile(name, source));
    });
    await Promise.all(names);
    const setup = JSON.stringify(join(ROOT, 'vitest.setup.ts'));
    await writeFile(
      join(dir, 'vitest.config.mjs'),
      `export default { test: { include: ['*.test.mjs'], pool: 'forks', maxWorkers: 1, exclude: [], setupFiles: ${setup} } };`,
    );
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const child = spawn(
      process.execPath,
      [vitest, 'run', '--root', dir, '--reporter', 'json', '--outputFile', 'report.json'],
      {
        cwd: dir,
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      printed += piece;
    });
    const [code] = await once(child, 'close');
    expect(code, printed).toBe(1);
    // Those in the test's own process are vitest's to report: they fail the run, and not one test of it.
    const report = await readFile(join(dir, 'report.json'), 'utf8');
    const failed = Object.keys(unseen).filter((name) =>
      reportSchema
        .parse(JSON.parse(report))
        .testResults.flatMap((file) => file.assertionResults)
        .some(({ title, status }) => title === name && status === 'failed'),
    );
    expect(failed, printed).toEqual(Object.keys(unseen).slice(0, 4));
  });
});

function testFile(name: string, source: string): string {
  return `
    import { spawn } from 'node:child_process';
    import { EventEmitter, once } from 'node:events';
    import { Worker } from 'node:worker_threads';
    import { it } from 'vitest';
    it(${JSON.stringify(name)}, async () => {${source}
    });`;
}
