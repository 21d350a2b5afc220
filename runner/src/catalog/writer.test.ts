// Runs in the project served-catalog too.
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { freshCatalogOpener } from '../../testing/catalog/fresh-catalog.ts';
import {
  clusterVector,
  PACK,
  sampleFace,
  sampleImage,
  sampleRecord,
  uuid,
} from '../../testing/catalog/samples.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { catalogStats } from './catalog-stats.ts';
import { readCursor, saveTaskState } from './task-state.ts';
import { RESERVATION_TIMEOUT_MS } from './write-reservation.ts';
import { change, write } from './writer.ts';

const count = sql`SELECT count(*) AS n FROM scan_ids`;
const note = (id: string) => sql`INSERT INTO scan_ids (scan, remote_id) VALUES ('s', ${id})`;

describe('a change', () => {
  it('is planned anew when somebody else has changed something since its plan began to read', async () => {
    const open = await freshCatalogOpener();
    const [one, other] = [await open(), await open()];
    const seen: unknown[] = [];
    await change(one, async () => {
      seen.push(await one.db.get(count));
      if (seen.length === 1) await change(other, async () => [note('other')]);
      return [note(`own ${seen.length}`)];
    });
    expect(seen).toEqual([{ n: 0 }, { n: 1 }]);
    expect(await one.db.all(sql`SELECT remote_id AS id FROM scan_ids ORDER BY 1`)).toEqual([
      { id: 'other' },
      { id: 'own 2' },
    ]);
    for (const each of [one, other]) each.close();
  });

  it('is not disturbed by what nobody plans with', async () => {
    const open = await freshCatalogOpener();
    const [one, other] = [await open(), await open()];
    let plans = 0;
    await change(one, async () => {
      plans += 1;
      await saveTaskState(other, { cursor: { source: 'stashdb', value: plans } });
      return [note('own')];
    });
    expect(plans).toBe(1);
    for (const each of [one, other]) each.close();
  });

  it('waits for those of its own process, and goes on after one that failed', async () => {
    const catalog = await (await freshCatalogOpener())();
    const order: string[] = [];
    const planned = (name: string, statement = note(name)) =>
      change(catalog, async () => {
        order.push(`${name} begins`);
        await readCursor(catalog, 'x');
        order.push(`${name} ends`);
        return [statement];
      });
    const failed = planned('wrong', sql`INSERT INTO nowhere VALUES (1)`);
    const all = await Promise.allSettled([planned('one'), failed, planned('two')]);
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(order).toEqual(['wrong', 'one', 'two'].flatMap((name) => [`${name} begins`, `${name} ends`]));
    catalog.close();
  });

  it('writes whole numbers as such, however they are used', async () => {
    const catalog = await (await freshCatalogOpener())();
    const texts = sql`INSERT INTO scan_ids (scan, remote_id) VALUES ('page ' || ${7}, (${7} / 2) || ' and ' || ${0.5})`;
    await write(catalog, [texts]);
    expect(await catalog.db.all(sql`SELECT scan, remote_id AS id FROM scan_ids`)).toEqual([
      { scan: 'page 7', id: '3 and 0.5' },
    ]);
    catalog.close();
  });
});

/** Two runners on one catalog whose pauses pass at once, and what they say. */
async function twoRunners() {
  const open = await freshCatalogOpener();
  const [one, other] = [await open(), await open()];
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const sleep = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    slow: { ...one, sleep, say },
    fast: { ...other, sleep, say },
    said,
    turn: async () => (await one.db.get<{ turn: string | null }>(sql`SELECT turn FROM changes`)).turn,
    close: () => [one, other].forEach((each) => void each.close()),
  };
}

describe('a runner that plans slower than another one', () => {
  it.each([2, 4, 10])(
    'gets at least a third of its fair share when it takes %i times as long',
    async (ratio) => {
      const { slow, fast, close } = await twoRunners();
      const done = { units: 0, slow: 0, fast: 0 };
      let underWay: Promise<void> | null = null;
      let waits = Promise.withResolvers<void>();
      const eager = {
        ...fast,
        sleep: () => {
          waits.resolve();
          return fast.sleep();
        },
      };
      /** One unit of time: the fast runner makes a change in it, unless it waits for its turn. */
      const pass = async () => {
        done.units += 1;
        if (done.units > 2_000)
          throw new Error(`the slow runner made ${done.slow} changes, the fast one ${done.fast}`);
        waits = Promise.withResolvers();
        underWay ??= change(eager, async () => [note(`fast ${done.fast}`)]).then(() => {
          done.fast += 1;
          underWay = null;
        });
        await Promise.race([underWay, waits.promise]);
      };
      while (done.slow < 10) {
        await change(slow, async () => {
          for (let unit = 0; unit < ratio; unit++) await pass();
          return [note(`slow ${done.slow}`)];
        });
        done.slow += 1;
      }
      await underWay;
      // Alone, one would make a change in every unit, the other one in every `ratio` units. Half of that is fair.
      expect(done.slow).toBeGreaterThanOrEqual(done.units / ratio / 2 / 3);
      expect(done.fast).toBeGreaterThanOrEqual(done.units / 2 / 3);
      close();
    },
  );

  it('makes its change before a plan that was begun earlier, once it has the turn', async () => {
    const { slow, fast, close } = await twoRunners();
    const order: string[] = [];
    const planned = (name: string) => {
      order.push(name);
      return [note(name)];
    };
    let [plans, late] = [0, Promise.resolve<unknown>(null)];
    await change(fast, async () => {
      plans += 1;
      if (plans > 1) return planned('fast');
      await slow.client.execute({ sql: 'UPDATE changes SET turn = ?', args: [slow.name] });
      setImmediate(() => {
        late = change(slow, async () => planned('slow'));
      });
      return [note('too early')];
    });
    await late;
    expect(order).toEqual(['slow', 'fast']);
    close();
  });

  it.each<[string, () => Promise<never[]>]>([
    ['fails', () => Promise.reject(new Error('no plan'))],
    ['changes nothing', async () => []],
  ])('gives its turn back when its plan %s in the end', async (_, end) => {
    const { slow, fast, turn, close } = await twoRunners();
    let plans = 0;
    let held: string | null = null;
    const planned = change(slow, async () => {
      plans += 1;
      if (plans > 2) {
        held = await turn();
        return end();
      }
      await change(fast, async () => [note(`fast ${plans}`)]);
      return [note('slow')];
    });
    await planned.catch((error: Error) => expect(error.message).toBe('no plan'));
    expect(held).toBe(slow.name);
    expect(await turn()).toBeNull();
    close();
  });

  it('is not waited for any longer when it died in its turn', async () => {
    const { fast, said, close } = await twoRunners();
    await fast.client.execute(`UPDATE changes SET turn = 'dead'`);
    let waitedMs = 0;
    const sleep = async (ms: number) => {
      waitedMs += ms;
    };
    await change({ ...fast, sleep }, async () => [note('fast')]);
    expect(waitedMs).toBeGreaterThanOrEqual(RESERVATION_TIMEOUT_MS);
    expect(said).toEqual([expect.stringContaining('is not waited for any longer')]);
    close();
  });

  it('says so when it is overtaken again and again', async () => {
    const { slow, said, close } = await twoRunners();
    let plans = 0;
    await change(slow, async () => {
      plans += 1;
      if (plans <= 5) await slow.client.execute('UPDATE changes SET turn = NULL, number = number + 1');
      return [note('slow')];
    });
    expect(said).toEqual([expect.stringContaining('was overtaken 4 times by other runners')]);
    close();
  });
});

describe('several runners at once', () => {
  it('link, label and limit as one would', async () => {
    const open = await freshCatalogOpener();
    const runners = await Promise.all(
      ['stashdb', 'fansdb', 'pmvstash'].map(async (endpoint) => ({ endpoint, catalog: await open() })),
    );
    const people = Array.from({ length: 12 }, (_, i) => i + 1);
    await Promise.all(
      runners.map(async ({ endpoint, catalog }) => {
        for (const number of people) {
          const name = `Person ${number}`;
          const face = sampleFace(clusterVector(number, endpoint.length));
          const urls = [`https://www.iafd.com/person.rme/perfid=person${number}`];
          await commitPerformer(catalog, {
            performer: sampleRecord({ endpoint, remoteId: uuid(number), name, aliases: [], urls }),
            images: [sampleImage(`https://${endpoint}/${number}`, [face], { source: endpoint })],
          });
        }
      }),
    );
    const [first] = runners;
    if (!first) throw new Error('nobody was there');
    expect(await catalogStats(first.catalog)).toMatchObject({
      performers: people.length,
      packs: [{ pack: PACK, faces: 3 * people.length, labels: 3 * people.length }],
    });
    const { db } = first.catalog;
    expect(await db.all(sql`SELECT performer_id FROM labels GROUP BY 1 HAVING count(*) <> 3`)).toEqual([]);
    for (const { catalog } of runners) catalog.close();
  });
});
