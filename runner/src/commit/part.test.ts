// Runs in the project served-catalog too.
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import {
  clusterVector,
  PACK,
  sampleFace,
  sampleImage,
  sampleRecord,
  uuid,
} from '../../testing/catalog/samples.ts';
import { faceCounts, listAcceptedFaces } from '../catalog/find-images.ts';
import { findRecord } from '../catalog/find-record.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { commitPerformer } from './commit-performer.ts';
import { removeRecord } from './remove-performer.ts';

const nothing = { country: null, birthDate: null, aliases: [], urls: [] };
const record = (endpoint: string, number: number, changes: Partial<PerformerRecord> = {}) =>
  sampleRecord({ endpoint, remoteId: uuid(number), ...nothing, ...changes });
const link = { urls: [`https://stashdb.org/performers/${uuid(1)}`] };
const x = { urls: ['https://x.com/ada'] };
const image = (source: string, member: number) =>
  sampleImage(`https://${source}/${member}`, [sampleFace(clusterVector(1, member))], { source });

async function performerOf(catalog: CatalogWriter, endpoint: string, number: number): Promise<number> {
  return (await findRecord(catalog, endpoint, uuid(number)))?.performerId ?? -1;
}

async function conflicts({ db }: CatalogWriter): Promise<string[]> {
  const rows = await db.all<{ text: string }>(
    sql`SELECT kind || ' ' || first || ' ' || second AS text FROM conflicts ORDER BY text`,
  );
  return rows.map(({ text }) => text.replaceAll('00000000-0000-4000-8000-00000000000', '').trim());
}

describe('performers', () => {
  it('part when the link between them is gone, each with its own images and labels', async () => {
    const catalog = await freshCatalog();
    await commitPerformer(catalog, { performer: record('stashdb', 1), images: [image('stashdb', 1)] });
    const both = await commitPerformer(catalog, {
      performer: record('pmvstash', 2, link),
      images: [image('pmvstash', 2)],
    });
    await commitPerformer(catalog, { performer: both, images: [image('babepedia', 3)] });
    expect((await faceCounts(catalog, both, PACK)).total).toBe(3);

    const parted = await commitPerformer(catalog, { performer: record('pmvstash', 2), images: [] });
    expect(await performerOf(catalog, 'stashdb', 1)).toBe(both);
    expect(parted).not.toBe(both);
    expect((await listAcceptedFaces(catalog, parted, PACK)).map(({ label }) => label)).toEqual([1]);
    // Whose the reference site's image is, nobody can say.
    expect((await listAcceptedFaces(catalog, both, PACK)).map(({ label }) => label)).toEqual([0]);

    const again = await commitPerformer(catalog, { performer: record('pmvstash', 2, link), images: [] });
    expect(again).toBe(both);
    expect((await listAcceptedFaces(catalog, both, PACK)).map(({ label }) => label)).toEqual([0, 1]);
    catalog.close();
  });

  it('take along what a page of a reference site gave, when a record led there', async () => {
    const catalog = await freshCatalog();
    await commitPerformer(catalog, { performer: record('stashdb', 1), images: [] });
    const both = await commitPerformer(catalog, { performer: record('pmvstash', 2, link), images: [] });
    const recordRef = { endpoint: 'pmvstash', remoteId: uuid(2) };
    await commitPerformer(catalog, { performer: both, images: [{ ...image('babepedia', 3), recordRef }] });
    const parted = await commitPerformer(catalog, { performer: record('pmvstash', 2), images: [] });
    expect((await faceCounts(catalog, parted, PACK)).total).toBe(1);
    catalog.close();
  });

  it('part when another record of the same stash-box gives the same profile', async () => {
    const catalog = await freshCatalog();
    const first = await commitPerformer(catalog, { performer: record('stashdb', 1, x), images: [] });
    expect(await commitPerformer(catalog, { performer: record('pmvstash', 2, x), images: [] })).toBe(first);
    await commitPerformer(catalog, { performer: record('pmvstash', 3, x), images: [] });
    expect(await performerOf(catalog, 'pmvstash', 2)).not.toBe(first);
    expect(await conflicts(catalog)).toEqual(['shared_url twitter/ada']);

    await removeRecord(catalog, 'pmvstash', uuid(3));
    expect(await performerOf(catalog, 'pmvstash', 2)).toBe(first);
    expect(await conflicts(catalog)).toEqual([]);
    catalog.close();
  });

  it('follow a link to an id that was merged away only when the names agree, and say so', async () => {
    const catalog = await freshCatalog();
    const target = await commitPerformer(catalog, {
      performer: record('stashdb', 5, { mergedIds: [uuid(1)] }),
      images: [],
    });
    expect(await commitPerformer(catalog, { performer: record('pmvstash', 2, link), images: [] })).toBe(
      target,
    );
    const other = record('fansdb', 3, { ...link, name: 'Somebody Else' });
    expect(await commitPerformer(catalog, { performer: other, images: [] })).not.toBe(target);
    expect(await conflicts(catalog)).toContainEqual('merged_link pmvstash:2 stashdb:5');
    expect(await conflicts(catalog)).toContainEqual('merged_link fansdb:3 stashdb:5');
    catalog.close();
  });

  it('keep a note of links to an id that is gone', async () => {
    const catalog = await freshCatalog();
    await commitPerformer(catalog, { performer: record('stashdb', 1), images: [] });
    await commitPerformer(catalog, { performer: record('pmvstash', 2, link), images: [] });
    await removeRecord(catalog, 'stashdb', uuid(1));
    expect(await conflicts(catalog)).toEqual(['deleted_link pmvstash:2 stashdb:1']);
    catalog.close();
  });
});
