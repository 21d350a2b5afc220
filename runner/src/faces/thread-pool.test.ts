import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { behaviour } from '../../testing/faces/crashing.worker.ts';
import { EngineError, ImageError } from './errors.ts';
import { defaultQualityPolicy } from './judge-faces.ts';
import { openThreadPool, type ThreadPool, type ThreadPoolOptions } from './thread-pool.ts';

const opened: ThreadPool[] = [];

async function open(options: Partial<ThreadPoolOptions> = {}) {
  const warnings: string[] = [];
  let started = 0;
  const pool = await openThreadPool({
    start: () => {
      started++;
      // stderr stays inside: an uncaught error of a thread is what these tests are about.
      return new Worker(new URL('../../testing/faces/crashing.worker.ts', import.meta.url), { stderr: true });
    },
    threads: 1,
    imagesPerThread: 2,
    onWarning: (message) => warnings.push(message),
    ...options,
  });
  opened.push(pool);
  const analyse = (first: number, signal?: AbortSignal) =>
    pool.analyse(Uint8Array.of(first, 0, 0), defaultQualityPolicy, signal);
  return { pool, warnings, analyse, started: () => started };
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((pool) => pool.close()));
});

describe('a thread pool', () => {
  it('answers more images than it has places, each with its own analysis', async () => {
    const { pool } = await open({ threads: 2 });
    const sizes = Array.from({ length: 20 }, (_, i) => i + 1);
    const analyses = await Promise.all(
      sizes.map((size) => pool.analyse(new Uint8Array(size).fill(behaviour.answer), defaultQualityPolicy)),
    );
    expect(analyses.map((analysis) => analysis.width)).toEqual(sizes);
  });

  it('makes an ImageError out of a refused image, and goes on', async () => {
    const { analyse } = await open();
    const refused = await analyse(behaviour.refuse).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ImageError);
    expect(refused).toMatchObject({ code: 'damaged_image', message: 'cut off' });
    await expect(analyse(behaviour.answer)).resolves.toBeDefined();
  });

  it('replaces a thread that died and loses only the images it had', {
    meta: { mayCrash: true },
  }, async () => {
    const { analyse, warnings, started } = await open();
    const had = analyse(behaviour.never).catch((error: unknown) => error);
    const killer = analyse(behaviour.die).catch((error: unknown) => error);
    const waiting = analyse(behaviour.answer);
    for (const lost of [await had, await killer]) {
      expect(lost).toMatchObject({
        code: 'image_lost',
        retryable: true,
        message: 'The analysing thread died (the driver hung up). The image may be tried again.',
      });
    }
    await expect(waiting).resolves.toBeDefined();
    expect(started()).toBe(2);
    expect(warnings).toEqual(['An analysing thread died (the driver hung up); starting another one.']);
  });

  it('gives up when threads keep dying, and tells everybody who waits', {
    meta: { mayCrash: true },
  }, async () => {
    const { analyse } = await open({ imagesPerThread: 1 });
    const deaths = [1, 2, 3].map(() => analyse(behaviour.die).catch((error: unknown) => error));
    const waiting = analyse(behaviour.answer).catch((error: unknown) => error);
    await Promise.all(deaths);
    const sentence = /^Analysing threads died 3 times in a row, the last one of: the driver hung up\./;
    for (const error of [await waiting, await analyse(behaviour.answer).catch((late: unknown) => late)]) {
      expect(error).toBeInstanceOf(EngineError);
      expect(error).toMatchObject({
        code: 'engine_failed',
        retryable: false,
        message: expect.stringMatching(sentence),
      });
    }
  });

  it('forgets deaths that lie before an analysed image', { meta: { mayCrash: true } }, async () => {
    const { analyse } = await open({ imagesPerThread: 1 });
    for (let i = 0; i < 4; i++) {
      await expect(analyse(behaviour.die)).rejects.toMatchObject({ code: 'image_lost' });
      await expect(analyse(behaviour.answer)).resolves.toBeDefined();
    }
  });

  it('calls a failure inside the thread retryable', async () => {
    const { analyse } = await open();
    await expect(analyse(behaviour.fail)).rejects.toMatchObject({
      code: 'image_lost',
      message: 'Analysing the image failed: out of memory. It may be tried again.',
    });
  });

  it('stops waiting when asked to, in the queue and with a thread', async () => {
    const { analyse } = await open({ imagesPerThread: 1 });
    const stop = new AbortController();
    const withThread = analyse(behaviour.never, stop.signal).catch((error: unknown) => error);
    const queued = analyse(behaviour.answer, stop.signal).catch((error: unknown) => error);
    const reason = new Error('the lease is lost');
    stop.abort(reason);
    expect([await withThread, await queued]).toEqual([reason, reason]);
    await expect(analyse(behaviour.answer, stop.signal)).rejects.toBe(reason);
  });

  it('ends what is under way when it closes, and refuses the rest', async () => {
    const { pool, analyse } = await open({ imagesPerThread: 1 });
    const underWay = analyse(behaviour.answer);
    const queued = analyse(behaviour.answer).catch((error: unknown) => error);
    await pool.close();
    await expect(underWay).resolves.toBeDefined();
    expect(await queued).toMatchObject({ code: 'engine_closed' });
    await expect(analyse(behaviour.answer)).rejects.toThrow('The face engine is closed');
  });

  it('fails to open when no thread can start', { meta: { mayCrash: true } }, async () => {
    const start = () => new Worker('throw new Error("no such model")', { eval: true, stderr: true });
    await expect(open({ start })).rejects.toMatchObject({
      code: 'engine_failed',
      message: expect.stringContaining('no such model'),
    });
  });
});
