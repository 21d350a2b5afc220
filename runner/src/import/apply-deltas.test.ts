// Runs in the project served-catalog too.
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import yazl from 'yazl';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { uuid } from '../../testing/catalog/samples.ts';
import {
  type GeneratedDelta,
  type GeneratedPerformer,
  generateDelta,
  generateRelease,
  labelVector,
} from '../../testing/releases/generate-release.ts';
import { openExclusionFilter } from '../exclusions/open-exclusion-filter.ts';
import { loadPack } from '../models/load-pack.ts';
import { importRelease } from './import-release.ts';
import { openRelease } from './open-release.ts';

const image = (label: number) => `https://images.example/${label}.jpg`;

function performer(
  id: number,
  number: number,
  labels: number[],
  name = `Person ${number}`,
): GeneratedPerformer {
  return {
    id,
    name,
    ids: [['stashdb', uuid(number)]],
    faces: labels.map((label) => ({ label, imageUrl: image(label), source: 'stashdb' })),
  };
}

async function release(version: string, performers: GeneratedPerformer[]): Promise<string> {
  const dir = freshFolder();
  await generateRelease(dir, { format: 'stash-sense2', version, performers, scalar: 'f32' });
  return dir;
}

async function deltaZip(delta: GeneratedDelta, damage: (dir: string) => void = () => {}): Promise<string> {
  const dir = freshFolder();
  await generateDelta(dir, delta);
  damage(dir);
  const zip = new yazl.ZipFile();
  for (const name of ['delta.db', 'delta_manifest.json']) zip.addFile(join(dir, name), name);
  zip.end();
  const path = join(dir, `stash-sense2-delta-${delta.from}-to-${delta.to}.zip`);
  await pipeline(zip.outputStream, createWriteStream(path));
  return path;
}

const none: Omit<GeneratedDelta, 'from' | 'to'> = { performers: [], faces: [], removedFaces: [] };

/** Who has which label and vector after an import. */
async function imported(path: string, deltas: string[] = []) {
  const catalog = await freshCatalog();
  const opened = await openRelease(path, deltas);
  const signal = new AbortController().signal;
  try {
    const exclusionFilter = await openExclusionFilter(catalog, async () => [], signal);
    const deps = { catalog, exclusionFilter, pack: loadPack('buffalo_l'), signal, onProgress: () => {} };
    await importRelease(opened, deps);
  } finally {
    await opened.close();
  }
  return catalog.db.all(sql`SELECT labels.performer_id, name, remote_id, imported_from, label, images.url AS url, hex(vector) AS vector
    FROM performer_records JOIN labels USING (performer_id) JOIN faces ON faces.id = labels.face_id
    JOIN images ON images.id = image_id JOIN embeddings ON embeddings.face_id = faces.id ORDER BY label`);
}

describe('a release of stash-sense2 with deltas', () => {
  it('is imported as the full release that the last one leads to', async () => {
    const first = await release('2026.01.01', [
      performer(1, 1, [0, 1]),
      performer(2, 2, [2]),
      performer(3, 3, [3]),
      performer(4, 4, [4]),
    ]);
    const stashdb = (number: number) => ({ endpoint: 'stashdb', stashbox_id: uuid(number) });
    const one = await deltaZip({
      from: '2026.01.01',
      to: '2026.01.08',
      performers: [
        { id: 1, ...stashdb(1), action: 'upsert', name: 'Renamed' },
        { id: 5, ...stashdb(5), action: 'upsert', name: 'Person 5' },
        { ...stashdb(2), action: 'removed' },
        // Takes the id of another one, who makes room.
        { id: 4, ...stashdb(3), action: 'upsert', name: 'Person 3' },
        { id: 7, ...stashdb(4), action: 'upsert', name: 'Person 4' },
      ],
      faces: [
        { label: 5, ...stashdb(5), image_url: image(5) },
        { label: 1, ...stashdb(1), image_url: image(1), vector: labelVector(99) },
        { label: 6, ...stashdb(404), image_url: image(6) },
      ],
      removedFaces: [0, 2],
    });
    const two = await deltaZip({
      ...none,
      from: '2026.01.08',
      to: '2026.01.15',
      faces: [{ label: 8, ...stashdb(5), image_url: image(8) }],
    });
    const changed = performer(1, 1, [], 'Renamed');
    changed.faces.push({ label: 1, imageUrl: image(1), source: 'stashdb', vector: labelVector(99) });
    const last = await release('2026.01.15', [
      changed,
      performer(4, 3, [3]),
      performer(7, 4, [4]),
      performer(5, 5, [5, 8]),
    ]);
    // Their order does not matter.
    expect(await imported(first, [two, one])).toEqual(await imported(last));
  });

  it('is refused with a gap, a changed delta, or for the other format', async () => {
    const full = await release('2026.01.01', [performer(1, 1, [0])]);
    const later = await deltaZip({ ...none, from: '2026.01.08', to: '2026.01.15' });
    await expect(openRelease(full, [later])).rejects.toThrow('No delta leads on from version 2026.01.01');
    const changed = await deltaZip({ ...none, from: '2026.01.01', to: '2026.01.08' }, (dir) =>
      writeFileSync(join(dir, 'delta.db'), Buffer.alloc(100)),
    );
    await expect(openRelease(full, [changed])).rejects.toThrow('which is not the one in its manifest');
    const other = freshFolder();
    await generateRelease(other, {
      format: 'stash-sense',
      version: '2026.01.01',
      performers: [performer(1, 1, [0])],
    });
    await expect(openRelease(other, [later])).rejects.toThrow('Deltas belong to releases of stash-sense2');
  });
});
