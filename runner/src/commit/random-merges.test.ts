import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { type FreshCatalog, freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { clusterVector, sampleFace, sampleImage, sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { uuidOf } from '../../testing/stash-box/performer.ts';
import { createPerformerStore } from '../../testing/stash-box/performer-store.ts';
import { createRandom, type Random } from '../../testing/world/random.ts';
import { listLiveIds, listPerformersWithoutRecords } from '../catalog/find-record.ts';
import { resolveRedirects } from '../catalog/resolve-redirects.ts';
import { repairRedirects } from '../reconcile/repair-redirects.ts';
import { commitPerformer } from './commit-performer.ts';
import { mergeRecords, removeRecord } from './remove-performer.ts';

const PEOPLE = 24;
const nameOf = (i: number) => `P${i}`;
const idOf = (i: number) => uuidOf(`performer ${nameOf(i)} `);
const face = (member: number) => sampleFace(clusterVector(1, member));
const nobody = { birthDate: null, country: null, aliases: [], urls: [] };

/** A stash-box that merges and destroys, a second one that names pages of the first, and a catalog that is told. */
async function worldOf(random: Random) {
  const store = createPerformerStore(
    Array.from({ length: PEOPLE }, (_, i) => ({ name: nameOf(i) })),
    () => new Date(0),
  );
  const catalog = await freshCatalog();
  /** Some are never told, as a gender filter would have it. */
  const isWanted = (id: string) => id !== idOf(3) && id !== idOf(7);
  const listed = () => [...store.rows.values()].filter(({ id, deleted }) => !deleted && isWanted(id));

  async function tell(id: string, pictures: boolean): Promise<void> {
    const row = store.rows.get(id);
    if (!row || row.deleted || !isWanted(id)) return;
    const performer = sampleRecord({
      remoteId: id,
      name: row.name,
      ...nobody,
      mergedIds: [...row.merged_ids],
    });
    const images = pictures ? [sampleImage(`https://stashdb/${id}`, [face(Number(row.name.slice(1)))])] : [];
    await commitPerformer(catalog, { performer, images });
  }

  /** The second stash-box gives another page for one of its own people, or none: performers join and part. */
  async function relink(): Promise<void> {
    const number = random.int(6);
    const urls = random.chance(0.7) ? [`https://stashdb.org/performers/${idOf(random.int(PEOPLE))}`] : [];
    const performer = sampleRecord({
      endpoint: 'fansdb',
      remoteId: uuid(number),
      name: `F${number}`,
      ...nobody,
      urls,
    });
    const images = [
      sampleImage(`https://fansdb/${uuid(number)}`, [face(100 + number)], { source: 'fansdb' }),
    ];
    await commitPerformer(catalog, { performer, images });
  }

  function mutate(): void {
    const live = [...store.rows.values()].filter(({ deleted }) => !deleted);
    if (live.length < 4) return;
    const [from, into] = random.shuffle(live);
    if (!from || !into) return;
    if (random.chance(0.8)) store.merge(from.id, into.id);
    else store.destroy(from.id);
  }

  /** What a run tells of the last `lookBack` edits: who changed, and removals newest first or in any order. */
  async function lookBack(edits: number): Promise<void> {
    const recent = store.edits.slice(-edits).reverse();
    const changed = random.shuffle([...new Set(recent.map(({ targetId }) => targetId))]);
    for (const id of changed) if (random.chance(0.8)) await tell(id, false);
    const removals = recent.flatMap(
      ({ operation, targetId, mergeSourceIds }): { id: string; into: string | null }[] =>
        operation === 'DESTROY'
          ? [{ id: targetId, into: null }]
          : mergeSourceIds.map((id) => ({ id, into: targetId })),
    );
    for (const { id, into } of random.chance(0.5) ? removals : random.shuffle(removals)) {
      if (into === null) await removeRecord(catalog, 'stashdb', id);
      else await mergeRecords(catalog, 'stashdb', id, into);
    }
  }

  /** A full run tells everyone, and whom it no longer met. */
  async function fullRun(): Promise<void> {
    for (const { id } of listed()) await tell(id, false);
    for (const id of await listLiveIds(catalog, 'stashdb', '', 1_000)) {
      const row = store.rows.get(id);
      if (!row?.deleted) continue;
      const end = row.merged_into_id === null ? undefined : store.rows.get(row.merged_into_id);
      if (!end || end.deleted) await removeRecord(catalog, 'stashdb', id);
      else await mergeRecords(catalog, 'stashdb', id, end.id);
    }
  }

  for (const { id } of listed()) await tell(id, true);
  return { store, catalog, isWanted, mutate, relink, lookBack, fullRun };
}
type World = Awaited<ReturnType<typeof worldOf>>;

interface Row {
  url: string;
  source: string;
  recordRemoteId: string;
  performer: number;
  labelOf: number | null;
}

function facesIn({ db }: FreshCatalog): Promise<Row[]> {
  return db.all<Row>(sql`
    SELECT url, source, remote_id AS recordRemoteId, images.performer_id AS performer, labels.performer_id AS labelOf
    FROM images JOIN faces ON image_id = images.id AND accepted = 1
    LEFT JOIN labels ON face_id = faces.id JOIN performer_records ON performer_records.id = record_id ORDER BY url`);
}

/** Every accepted face is with the record at the end of its redirects, under its performer and with its label. */
async function expectSound({ catalog, store, isWanted }: World, seed: string): Promise<void> {
  expect(await listPerformersWithoutRecords(catalog), seed).toEqual([]);
  const rows = await facesIn(catalog);
  for (const { url, source, recordRemoteId, performer, labelOf } of rows) {
    const end = await resolveRedirects(catalog, source, recordRemoteId);
    expect(end, `${seed}: ${url}`).toMatchObject({ kind: 'live', performerId: performer });
    expect(labelOf, `${seed}: ${url}`).toBe(performer);
  }
  // No face is lost whose performer the box still has, and none is kept that it destroyed.
  const urls = new Set(rows.map(({ url }) => url));
  for (const row of store.rows.values()) {
    if (!isWanted(row.id)) continue;
    const end = row.merged_into_id === null ? row : store.rows.get(row.merged_into_id);
    const isThere = end !== undefined && !end.deleted;
    expect(urls.has(`https://stashdb/${row.id}`), `${seed}: ${row.name}`).toBe(isThere);
  }
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

describe('merges, destroys and splits in any order', () => {
  it.each(SEEDS)('leave every face with the performer that is left of it (seed %i)', async (number) => {
    const random = createRandom(number);
    const world = await worldOf(random);
    for (let run = 0; run < 6; run++) {
      for (let edit = 0; edit < 3; edit++) world.mutate();
      for (let link = 0; link < 2; link++) await world.relink();
      // The look-back meets edits of earlier runs again.
      await world.lookBack(random.chance(0.3) ? world.store.edits.length : 6);
      expect(await listPerformersWithoutRecords(world.catalog), `run ${run}`).toEqual([]);
    }
    await world.lookBack(world.store.edits.length);
    await world.fullRun();
    await expectSound(world, `seed ${number}`);

    const before = await facesIn(world.catalog);
    await world.fullRun();
    await world.lookBack(world.store.edits.length);
    expect(await repairRedirects(world.catalog)).toEqual({ joined: 0, moved: 0, emptied: 0 });
    expect(await facesIn(world.catalog)).toEqual(before);
    world.catalog.close();
  });
});
