import { expect, it } from 'vitest';
import { portrait, worldOf } from '../../testing/pipeline/ingest-world.ts';
import { catalogStats } from '../catalog/catalog-stats.ts';
import { messageOf } from '../logs/message-of.ts';

// SQLite says of a file that has reached its greatest number of pages what it says of a full disk.

const people = Object.fromEntries(
  Array.from({ length: 30 }, (_, i) => [`Person ${i}`, [portrait(`person ${i}`)]]),
);

it('an ingest says that the disk is full, keeps what it has committed, and goes on when there is room', async () => {
  await using world = await worldOf(people);
  const { client } = world.catalog;
  const { rows } = await client.execute('PRAGMA page_count');
  await client.execute(`PRAGMA max_page_count = ${Number(rows[0]?.page_count) + 30}`);
  const failed: unknown = await world.run().catch((error: unknown) => error);
  expect(messageOf(failed)).toMatch(
    /^SQLITE_FULL: database or disk is full: \/.*catalog\.db cannot grow \(.* are free there\)\. Make room on that disk/,
  );
  const { performers } = await catalogStats(world.catalog);
  expect(performers).toBeLessThan(30);

  await client.execute('PRAGMA max_page_count = 4294967294');
  expect(await world.run({ attempt: 2 })).toEqual({ outcome: 'done' });
  expect((await catalogStats(world.catalog)).performers).toBe(30);
});
