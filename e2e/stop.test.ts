import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './programs/until.ts';
import { openTrainer, type Trainer } from './trainer.ts';

describe('ending a build before its end', () => {
  let trainer: Trainer;
  // Slow answers make the build long enough to be in the middle of it, twice.
  beforeAll(async () => {
    trainer = await openTrainer({ people: 10 });
    trainer.box.slowDown(700);
  }, 120_000);
  afterAll(() => trainer?.[Symbol.asyncDispose]());

  async function inTheMiddle(): Promise<number> {
    const before = trainer.box.requests.count('/images/');
    const id = await trainer.start({ full: true });
    await until('pictures are asked for', () => trainer.box.requests.count('/images/') > before + 12, {
      withinMs: 30_000,
      explain: trainer.explain,
    });
    return id;
  }

  it('is a matter of seconds when somebody asks for it', async () => {
    const id = await inTheMiddle();
    const askedAt = performance.now();
    expect(await trainer.call('POST /api/build/stop', { body: { reason: 'supper' } })).toEqual({
      status: 'stopping',
    });
    const run = await trainer.ended(id);
    expect(performance.now() - askedAt, trainer.explain()).toBeLessThan(4_000);
    expect(run).toMatchObject({ status: 'cancelled', version: null });
    expect(run.performers_processed).toBeLessThan(10);
    expect(run.tasks.map(({ status }) => status)).toEqual(['skipped', 'skipped']);
  }, 60_000);

  it('hands the lease back when the runner is told to go, and the next one goes on from there', async () => {
    const id = await inTheMiddle();
    const toldAt = performance.now();
    expect((await trainer.runner().stop()).code).toBe(0);
    expect(performance.now() - toldAt).toBeLessThan(8_000);
    const [task] = (await trainer.read(id)).tasks;
    expect(task).toMatchObject({ status: 'ready', reason: expect.stringContaining('handed back') });
    expect(task?.progress.performers_processed).toBeLessThan(10);
    trainer.box.slowDown(0);
    trainer.restartRunner();
    expect(await trainer.ended(id), trainer.explain()).toMatchObject({ status: 'completed', faces: 60 });
  }, 60_000);
});
