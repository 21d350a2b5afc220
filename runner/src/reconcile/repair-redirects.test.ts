import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { type FreshCatalog, freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import {
  clusterVector,
  PACK,
  sampleFace,
  sampleImage,
  sampleRecord,
  uuid,
} from '../../testing/catalog/samples.ts';
import { listAcceptedFaces } from '../catalog/find-images.ts';
import { findRecord, listPerformersWithoutRecords } from '../catalog/find-record.ts';
import { write } from '../catalog/writer.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { mergeRecords } from '../commit/remove-performer.ts';
import { requireLiveRecords } from '../publish/publish.ts';
import { repairRedirects } from './repair-redirects.ts';

const nobody = { birthDate: null, country: null, aliases: [], urls: [] };
const nothing = { joined: 0, moved: 0, emptied: 0 };

async function commit(
  catalog: FreshCatalog,
  endpoint: string,
  number: number,
  changes = {},
): Promise<number> {
  const performer = sampleRecord({
    endpoint,
    remoteId: uuid(number),
    name: `Person ${number}`,
    ...nobody,
    ...changes,
  });
  const images = [
    sampleImage(`https://${endpoint}/${number}`, [sampleFace(clusterVector(1, number))], {
      source: endpoint,
    }),
  ];
  return commitPerformer(catalog, { performer, images });
}

async function facesOf(catalog: FreshCatalog, performer: number): Promise<string[]> {
  const rows = await catalog.db.all<{ url: string }>(sql`
    SELECT url FROM images JOIN faces ON image_id = images.id JOIN labels ON face_id = faces.id
    WHERE images.performer_id = ${performer} AND labels.performer_id = ${performer} ORDER BY url`);
  return rows.map(({ url }) => url.replace('https://', ''));
}

/** P, Q and R after both merges, each with its face, all of them R's; a reference site showed Q too. */
async function merged(): Promise<{ catalog: FreshCatalog; ids: [number, number, number] }> {
  const catalog = await freshCatalog();
  const ids: [number, number, number] = [
    await commit(catalog, 'stashdb', 1),
    await commit(catalog, 'stashdb', 2),
    await commit(catalog, 'stashdb', 3),
  ];
  const shown = sampleImage('https://babepedia/2', [sampleFace(clusterVector(1, 9))], {
    source: 'babepedia',
  });
  await commitPerformer(catalog, { performer: ids[1], images: [shown] });
  await mergeRecords(catalog, 'stashdb', uuid(1), uuid(2));
  await mergeRecords(catalog, 'stashdb', uuid(2), uuid(3));
  return { catalog, ids };
}

/** What an earlier runner made of a chain whose merges it met newest first: the tombstones became a performer of their own. */
async function breakChain(catalog: FreshCatalog, performer: number): Promise<void> {
  const tombstones = sql`SELECT id FROM performer_records WHERE remote_id IN (${uuid(1)}, ${uuid(2)})`;
  await write(catalog, [
    sql`UPDATE images SET performer_id = ${performer} WHERE record_id IN (${tombstones}) OR record_id IS NULL`,
    sql`UPDATE labels SET performer_id = ${performer} WHERE face_id IN (SELECT faces.id FROM faces
      JOIN images ON images.id = image_id WHERE performer_id = ${performer})`,
    sql`UPDATE performer_records SET performer_id = ${performer} WHERE id IN (${tombstones})`,
    sql`UPDATE performer_records SET merged_into = ${uuid(2)} WHERE remote_id = ${uuid(1)}`,
  ]);
}

describe('a catalog that an earlier runner left', () => {
  it('gets the faces of a chain of merges back to its end, with their labels', async () => {
    const { catalog, ids } = await merged();
    const all = ['babepedia/2', 'stashdb/1', 'stashdb/2', 'stashdb/3'];
    expect(await facesOf(catalog, ids[2])).toEqual(all);
    const labels = (await listAcceptedFaces(catalog, ids[2], PACK)).map(({ label }) => label);
    await breakChain(catalog, ids[1]);
    expect(await listPerformersWithoutRecords(catalog)).toEqual([
      { performerId: ids[1], faces: 3, records: [`stashdb:${uuid(1)}`, `stashdb:${uuid(2)}`] },
    ]);
    await expect(requireLiveRecords(catalog)).rejects.toThrow(
      `3 faces of the catalog belong to 1 performers without a live record: ${ids[1]} (stashdb:${uuid(1)}, stashdb:${uuid(2)})`,
    );

    expect(await repairRedirects(catalog)).toEqual({ joined: 1, moved: 1, emptied: 0 });
    expect(await facesOf(catalog, ids[2])).toEqual(all);
    expect((await listAcceptedFaces(catalog, ids[2], PACK)).map(({ label }) => label)).toEqual(labels);
    expect(await findRecord(catalog, 'stashdb', uuid(1))).toMatchObject({
      mergedInto: uuid(3),
      performerId: ids[2],
    });
    await requireLiveRecords(catalog);
    expect(await repairRedirects(catalog)).toEqual(nothing);
    catalog.close();
  });

  it('gets them back also where the live record has fetched the same pictures meanwhile', async () => {
    const { catalog, ids } = await merged();
    await breakChain(catalog, ids[1]);
    const again = sampleImage('https://stashdb/1', [sampleFace(clusterVector(1, 1))]);
    const performer = sampleRecord({ remoteId: uuid(3), name: 'Person 3', ...nobody });
    await commitPerformer(catalog, { performer, images: [again] });
    await repairRedirects(catalog);
    expect(await facesOf(catalog, ids[2])).toEqual(['babepedia/2', 'stashdb/1', 'stashdb/2', 'stashdb/3']);
    expect(await listPerformersWithoutRecords(catalog)).toEqual([]);
    catalog.close();
  });

  it('gets a tombstone back that stayed with another performer', async () => {
    const { catalog, ids } = await merged();
    const other = await commit(catalog, 'fansdb', 7);
    await breakChain(catalog, other);
    expect(await listPerformersWithoutRecords(catalog)).toEqual([]);
    expect(await repairRedirects(catalog)).toEqual({ joined: 0, moved: 2, emptied: 0 });
    expect(await facesOf(catalog, ids[2])).toEqual(['stashdb/1', 'stashdb/2', 'stashdb/3']);
    catalog.close();
  });

  it('loses the pictures of a record that was destroyed at one of two stash-boxes', async () => {
    const catalog = await freshCatalog();
    await commit(catalog, 'stashdb', 1);
    const urls = [`https://stashdb.org/performers/${uuid(1)}`];
    const performer = await commit(catalog, 'fansdb', 2, { urls });
    await write(catalog, [sql`UPDATE performer_records SET deleted = 1 WHERE endpoint = 'stashdb'`]);
    expect(await repairRedirects(catalog)).toEqual({ ...nothing, emptied: 1 });
    expect(await facesOf(catalog, performer)).toEqual(['fansdb/2']);
    catalog.close();
  });

  it('loses the faces of a performer that no redirect leads away from', async () => {
    const catalog = await freshCatalog();
    const performer = await commit(catalog, 'stashdb', 1);
    const shown = sampleImage('https://babepedia/2', [sampleFace(clusterVector(1, 9))], {
      source: 'babepedia',
    });
    await commitPerformer(catalog, { performer, images: [shown] });
    await write(catalog, [sql`UPDATE performer_records SET deleted = 1, merged_into = ${uuid(8)}`]);
    await repairRedirects(catalog);
    expect(await listPerformersWithoutRecords(catalog)).toEqual([]);
    expect(await facesOf(catalog, performer)).toEqual([]);
    catalog.close();
  });
});
