import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answersOf } from './next-answer.ts';

function start(source: string) {
  const worker = new Worker(`const { parentPort } = require('node:worker_threads'); ${source}`, {
    eval: true,
  });
  onTestFinished(() => void worker.terminate());
  return { worker, nextAnswer: answersOf<string>(worker, 'the test') };
}

describe('a thread that is asked', () => {
  it('answers one request after the other', async () => {
    const { worker, nextAnswer } = start(`parentPort.on('message', (m) => parentPort.postMessage(m + '!'))`);
    const first = nextAnswer();
    worker.postMessage('a');
    expect(await first).toBe('a!');
    const second = nextAnswer();
    worker.postMessage('b');
    expect(await second).toBe('b!');
  });

  it('that ends without an answer leaves nobody waiting', async () => {
    const { nextAnswer } = start('process.exit(3)');
    await expect(nextAnswer()).rejects.toThrow('The thread of the test ended early with code 3');
    await expect(nextAnswer()).rejects.toThrow('code 3');
  });

  it('that fails while nobody waits fails the next request, and not the program', {
    meta: { mayCrash: true },
  }, async () => {
    const { worker, nextAnswer } = start(`throw new Error('the index is broken')`);
    await new Promise((resolve) => worker.once('exit', resolve));
    await expect(nextAnswer()).rejects.toThrow('the index is broken');
  });
});
