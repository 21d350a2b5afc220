import { describe, expect, it } from 'vitest';
import { crowdOf } from '../../testing/pipeline/enrich-world.ts';
import { portrait, worldOf } from '../../testing/pipeline/ingest-world.ts';
import { catalogStats } from '../catalog/catalog-stats.ts';
import type { Clock } from '../http/clock.ts';
import { TaskStopped } from '../lease/stop-reasons.ts';

/** An outage is waited for in steps of at least this, ms; everything else that is waited for here is shorter. */
const OUTAGE_MS = 15_000;

/** A stop that is asked for as soon as an outage is waited for: that wait never passes by itself. */
function stopDuringOutage(clock: Clock) {
  const stop = new AbortController();
  const reason = new TaskStopped('cancelled');
  const usual = clock.sleep;
  clock.sleep = async (ms, signal) => {
    if (ms < OUTAGE_MS) return usual(ms, signal);
    const { promise, reject } = Promise.withResolvers<void>();
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    stop.abort(reason);
    return promise;
  };
  /** The task says so itself, or ends with the reason of the stop. */
  const ended = async (run: Promise<unknown>) => {
    const result = await run.catch((error: unknown) => error);
    expect([{ outcome: 'stopped' }, reason]).toContainEqual(result);
  };
  return { stop: stop.signal, ended };
}

describe('a stop ends a task at once that waits', () => {
  it('for a stash-box that is away', async () => {
    await using world = await worldOf({ Ada: [portrait('ada', '1')] });
    await world.run();
    world.box.failNext('hang-up', 1_000, 'graphql');
    const { stop, ended } = stopDuringOutage(world.clock);
    await ended(world.run({ run_id: 2 }, { stop }));
  });

  it('for a store of pictures that is out, and says nothing of them', async () => {
    await using world = await worldOf({ Ada: [portrait('ada', '1')], Bo: [portrait('bo', '1')] });
    world.box.failAfter(1, { status: 404, headers: {}, body: '' }, 1_000, 'images');
    const { stop, ended } = stopDuringOutage(world.clock);
    await ended(world.run({}, { stop }));
    expect(world.reports.at(-1)?.rejections).toEqual({});
    world.box.heal();
    await world.run({ attempt: 2 });
    expect((await catalogStats(world.catalog)).packs[0]?.faces).toBe(2);
  });

  it('for a FlareSolverr that is away', async () => {
    await using crowd = await crowdOf({ people: 2, sites: ['babepedia'] });
    const { stop, ended } = stopDuringOutage(crowd.clock);
    const away = crowd.registry({ settings: () => 'http://127.0.0.1:1' });
    await ended(crowd.begin(away)('babepedia', { stop }));
  });
});
