import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heartbeatsAgain, holdInTheMiddle } from './in-the-middle.ts';
import { openTrainer, type Trainer } from './trainer.ts';

/** How long both take is measured by `npm run bench -- stop`. */
describe('ending a build before its end', () => {
  let trainer: Trainer;
  beforeAll(async () => {
    trainer = await openTrainer({ people: 10 });
  });
  afterAll(() => trainer?.[Symbol.asyncDispose]());

  it('needs no more than the performers in hand when somebody asks for it', async () => {
    const { id, letGo } = await holdInTheMiddle(trainer);
    expect(await trainer.call('POST /api/build/stop', { body: { reason: 'supper' } })).toEqual({
      status: 'stopping',
    });
    await heartbeatsAgain(trainer);
    letGo();
    const run = await trainer.ended(id);
    expect(run, trainer.explain()).toMatchObject({ status: 'cancelled', version: null });
    expect(run.performers_processed).toBeLessThan(10);
    expect(run.tasks.map(({ status }) => status)).toEqual(['skipped', 'skipped']);
  });

  it('hands the lease back when the runner is told to go, and the next one goes on from there', async () => {
    const { id, letGo } = await holdInTheMiddle(trainer);
    const stopped = trainer.runner().stop();
    await trainer.runner().printed(/SIGTERM: finishing the performers in hand/);
    letGo();
    expect((await stopped).code, trainer.explain()).toBe(0);
    const [task] = (await trainer.read(id)).tasks;
    expect(task).toMatchObject({ status: 'ready', reason: expect.stringContaining('handed back') });
    expect(task?.progress.performers_processed).toBeLessThan(10);
    trainer.restartRunner();
    expect(await trainer.ended(id), trainer.explain()).toMatchObject({ status: 'completed', faces: 60 });
  });
});
