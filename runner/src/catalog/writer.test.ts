import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { freshPlace } from './testing/fresh-catalog.ts';
import { clusterVector, PACK, sampleFace, sampleImage, sampleRecord, uuid } from './testing/samples.ts';
import { change, write } from './writer.ts';

const count = sql`SELECT count(*) AS n FROM scan_ids`;
const note = (id: string) => sql`INSERT INTO scan_ids (scan, remote_id) VALUES ('s', ${id})`;

describe('a change', () => {
  it('is planned anew when somebody else has changed something since its plan began to read', async () => {
    const open = await freshPlace();
    const [one, other] = [await open(), await open()];
    const seen: unknown[] = [];
    await change(one.database, async () => {
      seen.push(await one.database.db.get(count));
      if (seen.length === 1) await change(other.database, async () => [note('other')]);
      return [note(`own ${seen.length}`)];
    });
    expect(seen).toEqual([{ n: 0 }, { n: 1 }]);
    expect(await one.database.db.all(sql`SELECT remote_id AS id FROM scan_ids ORDER BY 1`)).toEqual([
      { id: 'other' },
      { id: 'own 2' },
    ]);
    for (const each of [one, other]) each.close();
  });

  it('is not disturbed by what nobody plans with', async () => {
    const open = await freshPlace();
    const [one, other] = [await open(), await open()];
    let plans = 0;
    await change(one.database, async () => {
      plans += 1;
      await other.saveTaskState({ cursor: { source: 'stashdb', value: plans } });
      return [note('own')];
    });
    expect(plans).toBe(1);
    for (const each of [one, other]) each.close();
  });

  it('waits for those of its own process, and goes on after one that failed', async () => {
    const catalog = await (await freshPlace())();
    const order: string[] = [];
    const planned = (name: string, statement = note(name)) =>
      change(catalog.database, async () => {
        order.push(`${name} begins`);
        await catalog.cursor('x');
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
    const catalog = await (await freshPlace())();
    const texts = sql`INSERT INTO scan_ids (scan, remote_id) VALUES ('page ' || ${7}, (${7} / 2) || ' and ' || ${0.5})`;
    await write(catalog.database, [texts]);
    expect(await catalog.database.db.all(sql`SELECT scan, remote_id AS id FROM scan_ids`)).toEqual([
      { scan: 'page 7', id: '3 and 0.5' },
    ]);
    catalog.close();
  });
});

describe('several runners at once', () => {
  it('link, label and limit as one would', async () => {
    const open = await freshPlace();
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
          await catalog.commitPerformer({
            performer: sampleRecord({ endpoint, remoteId: uuid(number), name, aliases: [], urls }),
            images: [sampleImage(`https://${endpoint}/${number}`, [face], { source: endpoint })],
          });
        }
      }),
    );
    const [first] = runners;
    if (!first) throw new Error('nobody was there');
    expect(await first.catalog.stats()).toMatchObject({
      performers: people.length,
      packs: [{ pack: PACK, faces: 3 * people.length, labels: 3 * people.length }],
    });
    const { db } = first.catalog.database;
    expect(await db.all(sql`SELECT performer_id FROM labels GROUP BY 1 HAVING count(*) <> 3`)).toEqual([]);
    for (const { catalog } of runners) catalog.close();
  });
});
