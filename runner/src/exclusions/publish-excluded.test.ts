import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anExclusion } from '../../testing/exclusions/an-exclusion.ts';
import { countRuns, readAll } from '../../testing/exclusions/find-vector.ts';
import { problem } from '../../testing/fake-control-plane/answers.ts';
import { picture } from '../../testing/fake-face-engine.ts';
import { createTaskWorld } from '../../testing/pipeline/task-world.ts';
import { listAcceptedFaces } from '../catalog/find-images.ts';
import { findRecord } from '../catalog/find-record.ts';
import { packKey } from '../models/pack.ts';
import { openVersion } from '../versions/read-version.ts';
import { unpackVersion } from '../versions/unpack-version.ts';
import { zipName } from '../versions/version-files.ts';
import { addExcludedFace } from './add-face.ts';

type TaskWorld = Awaited<ReturnType<typeof createTaskWorld>>;

const byName = (id: number, name: string) =>
  anExclusion(id, { kind: 'name', value: { name, birth_year: 1990 } });

/** People of the folder get a birth date, without which nobody is excluded by name. */
async function ingest(world: TaskWorld): Promise<void> {
  for (const name of ['ada', 'bo', 'cy', 'di'])
    world.write(`${name}/performer.yaml`, 'birth_date: 1990-05-05\n');
  await world.run('1.folder', { source: 'folder' });
}

async function vectorsOf({ catalog, engine }: TaskWorld, person: string): Promise<Float32Array[]> {
  const record = await findRecord(catalog, 'folder', person);
  const faces = await listAcceptedFaces(catalog, record?.performerId ?? 0, packKey(engine.pack));
  return faces.flatMap(({ embeddings }) => embeddings.map(({ vector }) => vector));
}

/** Everything in a task's staging folder, packed and unpacked. */
async function artifactsOf({ folder }: TaskWorld, taskId: string, version = '2026.03.01'): Promise<Buffer> {
  const staged = join(folder, 'staging', taskId);
  const unpacked = mkdtempSync(join(folder, 'unpacked-'));
  await unpackVersion(join(staged, zipName(version)), unpacked);
  const bytes = Buffer.concat([readAll(staged), readAll(unpacked)]);
  rmSync(unpacked, { recursive: true });
  return bytes;
}

describe('a version', () => {
  it('has no byte of an excluded vector in any artifact, and neither has the catalog', async () => {
    await using world = await createTaskWorld();
    await ingest(world);
    const [bo, cy] = [await vectorsOf(world, 'bo'), await vectorsOf(world, 'cy')];
    await world.run('1.publish', { kind: 'publish' });
    expect(countRuns(await artifactsOf(world, '1.publish'), bo)).toBeGreaterThan(2_000);

    world.server.exclusions.push(byName(1, 'Bo'));
    await world.run('2.publish', { kind: 'publish', run_id: 2 });
    const artifacts = await artifactsOf(world, '2.publish');
    expect(countRuns(artifacts, cy)).toBeGreaterThan(2_000);
    expect(countRuns(artifacts, bo)).toBe(0);
    // The whole folder: the catalog with its log, and what was staged for earlier versions.
    expect(countRuns(readAll(world.folder), bo)).toBe(0);
    for (const file of readdirSync(world.folder).filter((name) => name.startsWith('catalog.db'))) {
      expect(readFileSync(join(world.folder, file)).includes('bo/1.jpg'), file).toBe(false);
    }
  });

  it('leaves gaps where the labels were, and says what it keeps to', async () => {
    await using world = await createTaskWorld();
    await ingest(world);
    world.server.exclusions.push(byName(1, 'Bo'), byName(2, 'Nobody Here'));
    await world.run('1.publish', { kind: 'publish' });
    const { opened, enforced } = world.server.task('1.publish');
    expect(enforced).toEqual([
      { id: 1, performers_removed: 1, faces_removed: 5 },
      { id: 2, performers_removed: 0, faces_removed: 0 },
    ]);
    expect(opened?.manifest).toMatchObject({
      performer_count: 3,
      face_count: 20,
      counts: { faces: 15, labels: 20, gaps: 5 },
      exclusions: { enforced: 2 },
    });
    const reader = await openVersion(join(world.folder, 'staging', '1.publish', zipName('2026.03.01')));
    try {
      expect(reader.search('bo')).toEqual([]);
      expect(reader.search('cy')).toHaveLength(1);
    } finally {
      await reader.close();
    }
  });

  it('is made anew when an exclusion arrives before it is visible', async () => {
    await using world = await createTaskWorld();
    await ingest(world);
    const refused: string[] = [];
    world.server.override('POST /api/leases/{task}/version/publish', () => {
      if (refused.length > 0) return undefined;
      refused.push('once');
      world.server.exclusions.push(byName(3, 'Di'));
      return problem('exclusions_changed', 'Version 2026.03.01 was made without the exclusions 3.');
    });
    expect(await world.run('1.publish', { kind: 'publish' })).toEqual({ outcome: 'done' });
    const { opened, enforced } = world.server.task('1.publish');
    expect(opened?.manifest).toMatchObject({
      counts: { performers_with_faces: 3 },
      exclusions: { enforced: 1 },
    });
    expect(enforced?.map(({ id }) => id)).toEqual([3]);
    expect(world.server.breaches).toEqual([]);
  });

  it('does not go round for ever with a control plane that never has enough', async () => {
    await using world = await createTaskWorld();
    await ingest(world);
    world.server.override('POST /api/leases/{task}/version/publish', () =>
      problem('exclusions_changed', 'Something is missing.'),
    );
    await expect(world.run('1.publish', { kind: 'publish' })).rejects.toThrow('Something is missing.');
  });

  it('that was staged before an exclusion came is not taken up again', async () => {
    await using world = await createTaskWorld();
    await ingest(world);
    world.server.failNext(
      'POST /api/leases/{task}/version/publish',
      problem('impossible_report', 'Not now.'),
    );
    await expect(world.run('1.publish', { kind: 'publish' })).rejects.toThrow('Not now.');
    world.server.exclusions.push(byName(1, 'Bo'));
    await world.run('1.publish', { kind: 'publish', fence: 2, attempt: 2 });
    expect(world.server.task('1.publish').opened?.manifest).toMatchObject({ counts: { faces: 15 } });
  });

  it('is not made while an exclusion by face cannot be told in its model pack', async () => {
    await using world = await createTaskWorld();
    await ingest(world);
    world.server.exclusions.push(anExclusion(7, { kind: 'face', value: { fingerprint: 'ab'.repeat(32) } }));
    await expect(world.run('1.publish', { kind: 'publish' })).rejects.toThrow(
      /^Exclusion 7 is by face, and this catalog has no vector of it for the model pack starter@\w+\. On this runner, give/,
    );
  });

  it('has nobody who is excluded by a photo', async () => {
    await using world = await createTaskWorld();
    await ingest(world);
    const bo = await vectorsOf(world, 'bo');
    const { fingerprint } = await addExcludedFace(picture({ faces: [{ person: 'bo' }], note: 'sent in' }), {
      catalog: world.catalog.forOwner(),
      engines: [world.engine],
    });
    world.server.exclusions.push(anExclusion(7, { kind: 'face', value: { fingerprint } }));
    await world.run('1.publish', { kind: 'publish' });
    expect(world.server.task('1.publish').enforced).toEqual([
      { id: 7, performers_removed: 1, faces_removed: 5 },
    ]);
    expect(countRuns(await artifactsOf(world, '1.publish'), bo)).toBe(0);
  });
});
