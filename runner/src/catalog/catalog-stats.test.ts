// Runs in the project served-catalog too.
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import {
  clusterVector,
  NOON,
  PACK,
  sampleFace,
  sampleImage,
  sampleRecord,
  uuid,
} from '../../testing/catalog/samples.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { catalogStats, packStats } from './catalog-stats.ts';
import { listImages, listImagesBySha256, listImagesByUrl } from './find-images.ts';
import { forgetScan, readCursor, readProgress, saveTaskState, seenCount } from './task-state.ts';

const rejected = sampleFace(clusterVector(1, 1), { accepted: false, reason: 'no_match', distance: 0.7 });

describe('the catalog', () => {
  it('counts what it holds, and why it refused the rest', async () => {
    const catalog = await freshCatalog();
    await commitPerformer(catalog, {
      performer: sampleRecord(),
      images: [
        sampleImage('https://a/1', [sampleFace(clusterVector(1, 1)), rejected]),
        sampleImage('https://a/2', [rejected], { reason: 'no_match' }),
        sampleImage('https://a/3', [], { outcome: 'failed', reason: 'not_found', sha256: null }),
      ],
    });
    await commitPerformer(catalog, { performer: sampleRecord({ remoteId: uuid(2) }), images: [] });
    expect(await catalogStats(catalog)).toMatchObject({
      performers: 2,
      performersWithFaces: 1,
      records: { stashdb: 2 },
      packs: [{ pack: PACK, images: 3, faces: 1, embeddings: 1, labels: 1 }],
    });
    const { imagesByReason, facesByReason } = await packStats(catalog, PACK);
    expect(imagesByReason).toEqual([
      { source: 'stashdb', accepted: false, reason: 'no_match', count: 1 },
      { source: 'stashdb', accepted: false, reason: 'not_found', count: 1 },
      { source: 'stashdb', accepted: true, reason: 'accepted', count: 1 },
    ]);
    expect(facesByReason).toEqual([
      { source: 'stashdb', accepted: false, reason: 'no_match', count: 2 },
      { source: 'stashdb', accepted: true, reason: 'high_trust', count: 1 },
    ]);
    catalog.close();
  });

  it('finds a known picture by address and by content, for its own pack only', async () => {
    const catalog = await freshCatalog();
    const image = sampleImage('https://a/1', [sampleFace(clusterVector(1, 1))]);
    const performer = await commitPerformer(catalog, { performer: sampleRecord(), images: [image] });
    const [known] = await listImagesByUrl(catalog, image.url, PACK);
    expect(await listImagesBySha256(catalog, image.sha256 ?? '', PACK)).toEqual([known]);
    expect(await listImagesByUrl(catalog, image.url, 'another-pack')).toEqual([]);

    const unchanged = [{ imageId: known?.id ?? 0, etag: '"e2"', lastModified: null }];
    await commitPerformer(catalog, { performer, images: [], unchanged });
    expect(await listImages(catalog, performer, PACK)).toEqual([
      { ...known, etag: '"e2"', checkedAt: NOON.toISOString() },
    ]);
    catalog.close();
  });

  it('keeps cursors, counters and scans apart', async () => {
    const catalog = await freshCatalog();
    expect([await readCursor(catalog, 'stashdb'), await readProgress(catalog, '1', '2')]).toEqual([
      null,
      null,
    ]);
    await saveTaskState(catalog, {
      cursor: { source: 'stashdb', value: { since: '2026' } },
      progress: { run: '1', taskId: '2', counters: { errors: 3 } },
    });
    expect(await readCursor(catalog, 'stashdb')).toEqual({ since: '2026' });
    expect(await readProgress(catalog, '1', '2')).toEqual({ errors: 3 });
    expect(await readProgress(catalog, '1', '3')).toBeNull();

    const seen = { scan: 'full-1', remoteId: uuid(1) };
    await commitPerformer(catalog, { performer: sampleRecord(), images: [], seen });
    expect([await seenCount(catalog, 'full-1'), await seenCount(catalog, 'full-2')]).toEqual([1, 0]);
    await forgetScan(catalog, 'full-1');
    expect(await seenCount(catalog, 'full-1')).toBe(0);
    catalog.close();
  });
});
