import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { portrait, type World, worldOf } from '../../testing/pipeline/ingest-world.ts';
import type { Catalog } from '../catalog/catalog.ts';

/** Two stash-boxes that know the same people, by the same pictures. */
const PEOPLE = {
  'Ada Example': [portrait('ada', 'one'), portrait('ada', 'two')],
};
const ABOUT = { country: 'US', birth_date: '1990-02-03' };
const open = () => worldOf(PEOPLE, ABOUT);

/** Who is one performer, and which pictures of which source gave faces. */
async function contentOf({ catalog: { db } }: World): Promise<string[]> {
  const rows = await db.all<{ performer: string }>(sql`
    SELECT (SELECT group_concat(endpoint || ' ' || name, ', ') FROM (SELECT endpoint, name FROM performer_records
        WHERE performer_id = performers.id ORDER BY endpoint))
      || ': ' || coalesce((SELECT group_concat(said, ', ') FROM (SELECT source || ' ' || coalesce(reason, outcome) AS said
        FROM images WHERE performer_id = performers.id ORDER BY source, reason)), '') AS performer
    FROM performers ORDER BY 1`);
  return rows.map(({ performer }) => performer);
}

async function labelsOf({ catalog: { db } }: World): Promise<number[]> {
  const rows = await db.all<{ label: number }>(
    sql`SELECT label FROM labels WHERE face_id IS NOT NULL ORDER BY label`,
  );
  return rows.map(({ label }) => label);
}

/** Calls `interrupt` before the statement with this number; false when there were not so many. */
function interruptAt(catalog: Catalog, number: number, interrupt: () => Promise<unknown>): () => boolean {
  const { client } = catalog;
  const [execute, batch] = [client.execute.bind(client), client.batch.bind(client)];
  let count = 0;
  const pass = async () => {
    count += 1;
    if (count === number) await interrupt();
  };
  client.execute = async (...args: Parameters<typeof execute>) => {
    await pass();
    return execute(...args);
  };
  client.batch = async (...args: Parameters<typeof batch>) => {
    await pass();
    return batch(...args);
  };
  return () => count >= number;
}

describe('two runners on one catalog', () => {
  it('make the same of it as one after the other, whenever the one comes in between', async () => {
    const oneByOne = [];
    for (const order of [['stashdb', 'fansdb'] as const, ['fansdb', 'stashdb'] as const]) {
      await using world = await open();
      for (const source of order) await world.run({ source });
      oneByOne.push(await contentOf(world));
    }
    expect(oneByOne[0]).not.toEqual(oneByOne[1]);
    for (let number = 1; ; number++) {
      await using world = await open();
      const other = await world.open();
      const wasInterrupted = interruptAt(other, number, () => world.run({ source: 'fansdb' }));
      await world.run({ source: 'stashdb' }, { catalog: other });
      other.close();
      if (!wasInterrupted()) {
        expect(number, 'statements of an ingest').toBeGreaterThan(20);
        return;
      }
      // Each of the people by itself: the other one comes after one performer and before the next, too.
      for (const [i, performer] of (await contentOf(world)).entries()) {
        expect(
          oneByOne.map((content) => content[i]),
          `at statement ${number}`,
        ).toContain(performer);
      }
      expect(await labelsOf(world), `at statement ${number}`).toEqual([0, 1]);
    }
  });
});
