import { join } from 'node:path';
import { hookEventNames } from '@trainer/contract/hook-events';
import { limits } from '@trainer/contract/limits';
import { shippedIds } from '@trainer/contract/shipped-sources';
import { describe, expect, it, onTestFinished } from 'vitest';
import { unstable_readConfig as readConfig } from 'wrangler';
import { take } from '../../../testing/a-runner.ts';
import { createWorkerdApp } from '../../../testing/create-workerd-app.ts';
import { openHookWorld } from '../../../testing/hook-world.ts';
import { housekeeping } from '../housekeeping.ts';
import { workersTimings } from '../timings.ts';

/** What Cloudflare's free plan has, of all Workers of an account. */
const TRIGGERS = 5;
const triggers = [...new Set(housekeeping.map(({ cron }) => cron))];

describe('the cron triggers', () => {
  it('of wrangler.toml are those of the chores', () => {
    const { triggers: configured } = readConfig({
      config: join(import.meta.dirname, '../../../../wrangler.toml'),
    });
    expect(configured.crons).toEqual(triggers);
    expect(triggers.length).toBeLessThanOrEqual(TRIGGERS);
  });

  // `app.close` fails the test when one of them needed more subrequests than a Worker has.
  it('do everything there is to do in the worst minute', async () => {
    const world = await openHookWorld(await createWorkerdApp({ timings: workersTimings }));
    onTestFinished(() => world[Symbol.asyncDispose]());
    const { app } = world;
    const owner = app.as('admin');
    for (let each = 0; each < 12; each += 1) await world.makeHook({ events: hookEventNames });
    world.receiver.answers.push(...Array.from({ length: 50 }, () => ({ status: 500 })));
    for (let each = 0; each < 12; each += 1) {
      await owner('POST /api/schedules', { body: { name: `Number ${each}`, cron: '0 1 * * *' } });
    }
    await owner('POST /api/build/start', { body: { sources: [...shippedIds] } });
    await owner('POST /api/build/start', { body: { sources: [...shippedIds], queue: true } });
    await take(app.as('runner'));
    await owner('POST /api/build/stop', { body: {} });
    await owner('POST /api/questions', { body: { about: 'Ada' } });
    app.clock.advance(60 * 60_000 + limits.stopGraceMs);
    await app.settled();
    for (const cron of triggers) await app.trigger(cron);
    await app.settled();
    expect((await owner('GET /api/runs', { query: {} })).map(({ id, status }) => [id, status])).toEqual([
      [2, 'running'],
      [1, 'cancelled'],
    ]);
    const { rows } = await app.deps.db.$client.execute('SELECT * FROM questions');
    expect(rows).toEqual([]);
    expect(
      (await owner('GET /api/schedules')).filter(({ last }) => last?.outcome === 'skipped'),
    ).toHaveLength(3);
    expect(await app.logged()).toEqual([]);
  });
});
