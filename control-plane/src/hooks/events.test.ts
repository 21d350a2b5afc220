import { hookEventNames } from '@trainer/contract/hook-events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { progressOf, take } from '../../testing/a-runner.ts';
import { beginRun, completeNext, publishNext, runToPublish } from '../../testing/carry-run.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { type HookWorld, openHookWorld } from '../../testing/hook-world.ts';

let world: HookWorld;
let app: TestApp;
beforeEach(async () => {
  world = await openHookWorld(await createTestApp());
  app = world.app;
});
afterEach(() => world[Symbol.asyncDispose]());

const stop = (body: object = {}) => app.as('trigger')('POST /api/build/stop', { body });

describe('a hook that wants everything', () => {
  it('is told of a run from its beginning to its end, once each', async () => {
    await world.makeHook({ events: hookEventNames });
    await runToPublish(app);
    expect(await world.told()).toEqual(['run.started']);
    await publishNext(app, '2026.01.02');
    expect(await world.told()).toEqual(['run.finished', 'run.started', 'version.published']);
    await world.pass(60_000);
    expect(await world.told()).toHaveLength(3);
    expect(world.said('version.published')).toEqual({
      title: 'Version 2026.01.02 is published',
      text: 'Run 1 published version 2026.01.02 with 2 performers and 5 faces.',
      run_id: 1,
      status: null,
      reason: null,
      source: null,
      version: '2026.01.02',
      performers: 2,
      faces: 5,
      errors: null,
      link: null,
    });
  });

  it('is told of a source that gave up as an error of the run', async () => {
    await world.makeHook({ events: hookEventNames });
    await beginRun(app);
    await completeNext(app, { progress: progressOf({ errors: 1_200 }) });
    await completeNext(app, { outcome: 'failed', reason: 'boobpedia.com refused us (403)' });
    await publishNext(app, '2026.01.02');
    expect(await world.told()).toContain('run.finished_with_errors');
    expect(world.said('run.finished_with_errors')).toMatchObject({
      title: 'Run 1 finished with errors',
      text: 'Run 1 published version 2026.01.02 with 2 performers and 5 faces. Boobpedia failed: boobpedia.com refused us (403). 1,200 errors were counted.',
      status: 'completed',
      errors: 1_200,
    });
  });

  it('is told in words that hide and reorder nothing', async () => {
    await world.makeHook({ events: hookEventNames });
    await beginRun(app);
    await completeNext(app);
    await completeNext(app, { outcome: 'failed', reason: '\u001b[2Jgpj\u202e' });
    await publishNext(app, '2026.01.02');
    expect(await world.told()).toContain('run.finished_with_errors');
    expect(world.said('run.finished_with_errors')?.text).toContain('failed: ␛[2Jgpj⟨U+202E⟩.');
  });

  it('is told of counted errors alone, and not of a source that was skipped', async () => {
    await world.makeHook({ events: hookEventNames });
    await beginRun(app);
    await completeNext(app, { progress: progressOf({ errors: 1 }) });
    await completeNext(app);
    await publishNext(app, '2026.01.02');
    expect(await world.told()).toContain('run.finished_with_errors');
    await beginRun(app);
    await completeNext(app);
    await completeNext(app, { outcome: 'skipped', reason: 'FLARESOLVERR_URL is not set' });
    await publishNext(app, '2026.01.03');
    expect(await world.told()).toContain('run.finished');
  });

  it('is told of a failed run with the reason', async () => {
    await world.makeHook({ events: hookEventNames });
    await beginRun(app);
    for (const reason of ['no key', 'no answer']) await completeNext(app, { outcome: 'failed', reason });
    expect(await world.told()).toEqual(['run.failed', 'run.started']);
    expect(world.said('run.failed')).toMatchObject({
      title: 'Run 1 failed',
      text: 'No source succeeded: 1.stashdb failed (no key); 1.boobpedia failed (no answer).',
    });
  });

  it('is told of runs that were cancelled, active or still in line', async () => {
    await world.makeHook({ events: hookEventNames });
    await beginRun(app);
    const { run_id: waiting } = await app.as('trigger')('POST /api/build/start', { body: { queue: true } });
    await stop({ run_id: waiting, reason: 'changed my mind' });
    await stop({ reason: 'too hot' });
    expect(await world.told()).toEqual(['run.cancelled', 'run.cancelled', 'run.started']);
    const cancelled = world.messages().filter(({ type }) => type === 'run.cancelled');
    expect(cancelled.map(({ data }) => `${data.title}: ${data.text}`).sort()).toEqual([
      'Run 1 was cancelled: Stopped by test trigger: too hot.',
      'Run 2 was cancelled: Stopped by test trigger: changed my mind.',
    ]);
  });

  it('is told once of a source that is paused, however often its runner says so', async () => {
    await world.makeHook({ events: hookEventNames });
    const id = await beginRun(app);
    await completeNext(app);
    const runner = app.as('runner');
    const { task_id: task, fence } = await take(runner);
    const body = {
      fence,
      outcome: 'failed' as const,
      paused: true,
      reason: 'boobpedia seems to have changed: "images.infobox" finds nothing any more',
      progress: progressOf(),
    };
    for (let time = 0; time < 2; time += 1) {
      await runner('POST /api/leases/{task}/complete', { params: { task }, body });
    }
    const said =
      'paused until an operator has checked it: boobpedia seems to have changed: "images.infobox" finds nothing any more';
    const { tasks } = await app.as('read')('GET /api/runs/{id}', { params: { id } });
    expect(tasks.find(({ source }) => source === 'boobpedia')).toMatchObject({
      status: 'failed',
      reason: said,
    });
    expect(await world.told()).toEqual(['run.started', 'source.paused']);
    expect(world.said('source.paused')).toMatchObject({
      title: 'Boobpedia is paused',
      text: `P${said.slice(1)}.`,
      reason: said,
      source: 'boobpedia',
    });
  });

  it('is linked to the page of the dashboard where its address is known', async () => {
    const publicUrl = new URL('https://trainer.example.org');
    await using known = await openHookWorld(await createTestApp({ publicUrl }));
    await known.makeHook({ events: hookEventNames });
    await beginRun(known.app);
    await known.told();
    expect(known.messages()[0]?.data.link).toBe('https://trainer.example.org/runs/1');
  });
});

describe('a hook', () => {
  it('is told nothing that it does not want, nor anything while it is turned off', async () => {
    await world.makeHook();
    await world.makeHook({ events: hookEventNames, enabled: false });
    await beginRun(app);
    await stop();
    expect(await world.told()).toEqual([]);
  });
});

describe('a pause', () => {
  it.each([
    ['of a task that is done', { outcome: 'done' as const }],
    ['of a task that was skipped', { outcome: 'skipped' as const, reason: 'no key' }],
  ])('%s cannot be true', async (_, completion) => {
    await beginRun(app);
    await expect(completeNext(app, { ...completion, paused: true })).rejects.toMatchObject({
      code: 'impossible_report',
    });
  });
});
