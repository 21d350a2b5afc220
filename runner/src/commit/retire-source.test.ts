import { shippedSource } from '@trainer/contract/shipped-sources';
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
import { catalogStats, packStats } from '../catalog/catalog-stats.ts';
import { findRecord } from '../catalog/find-record.ts';
import { readCursor } from '../catalog/task-state.ts';
import { commitPerformer } from './commit-performer.ts';
import { countHoldings, retireSource } from './retire-source.ts';

/** Somebody whom two boxes know, and somebody whom only FansDB knows, with pictures of FansDB and of a site. */
async function filled(): Promise<FreshCatalog> {
  const catalog = await freshCatalog();
  const page = `https://fansdb.cc/performers/${uuid(1)}`;
  const record = (endpoint: string, number: number, urls: string[] = []) =>
    sampleRecord({
      endpoint,
      remoteId: uuid(number),
      name: `Person ${number}`,
      birthDate: null,
      aliases: [],
      urls,
    });
  const image = (source: string, person: number, member: number) =>
    sampleImage(`https://${source}/${person}/${member}`, [sampleFace(clusterVector(person, member))], {
      source,
      sha256: `${person}${member}`.padStart(64, '0'),
    });
  await commitPerformer(catalog, { performer: record('fansdb', 1), images: [image('fansdb', 1, 1)] });
  const shared = await commitPerformer(catalog, {
    performer: record('stashdb', 1, [page]),
    images: [image('stashdb', 1, 2)],
  });
  await commitPerformer(catalog, { performer: record('fansdb', 2), images: [image('fansdb', 2, 3)] });
  await commitPerformer(catalog, {
    performer: shared,
    images: [image('boobpedia', 1, 4)],
    cursor: { source: 'boobpedia:url:pack', value: { after: 2 } },
  });
  return catalog;
}

const signal = new AbortController().signal;
const at = new Date('2026-03-01T00:00:00Z');

function definitionOf(id: string) {
  const source = shippedSource(id);
  if (!source) throw new Error(`${id} is shipped`);
  return source;
}

async function facesBySource(catalog: FreshCatalog): Promise<Record<string, number>> {
  const rows = await catalog.db.all<{ source: string; faces: number }>(sql`
    SELECT source, count(*) AS faces FROM images JOIN faces ON image_id = images.id WHERE accepted = 1
    GROUP BY source ORDER BY source`);
  return Object.fromEntries(rows.map(({ source, faces }) => [source, faces]));
}

describe('a source that is retired', () => {
  it('is counted first: its records, and the people whom nobody else knows', async () => {
    const catalog = await filled();
    expect(await countHoldings(catalog, 'fansdb')).toEqual({
      records: 2,
      performers: 1,
      images: 2,
      faces: 2,
    });
    expect(await countHoldings(catalog, 'boobpedia')).toMatchObject({
      records: 0,
      images: 1,
      faces: 1,
    });
  });

  it('keeps what came from it, and forgets where it was left', async () => {
    const catalog = await filled();
    const before = await facesBySource(catalog);
    const source = definitionOf('boobpedia');
    await retireSource(catalog, { source, removesFaces: false, at, signal });
    expect(await facesBySource(catalog)).toEqual(before);
    expect(await readCursor(catalog, 'boobpedia:url:pack')).toBeNull();
    expect(catalog.sources.retiredAt('boobpedia')).toBe(at.toISOString());
    await catalog.sources.retire(source, null);
    expect(catalog.sources.retiredAt('boobpedia')).toBeNull();
  });

  it('takes what came from it along, and nothing else', async () => {
    const catalog = await filled();
    const retirement = { removesFaces: true, at, signal };
    await retireSource(catalog, { ...retirement, source: definitionOf('fansdb') });
    expect(await facesBySource(catalog)).toEqual({ boobpedia: 1, stashdb: 1 });
    expect(await findRecord(catalog, 'fansdb', uuid(2))).toMatchObject({ deleted: true });
    expect(await findRecord(catalog, 'stashdb', uuid(1))).toMatchObject({ deleted: false });
    await retireSource(catalog, { ...retirement, source: definitionOf('boobpedia') });
    expect(await facesBySource(catalog)).toEqual({ stashdb: 1 });
    expect(await catalogStats(catalog)).toMatchObject({ performersWithFaces: 1 });
    await retireSource(catalog, { ...retirement, source: definitionOf('fansdb') });
    expect((await packStats(catalog, PACK)).faces).toBe(1);
  });
});
