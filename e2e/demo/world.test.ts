import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { create } from 'tar';
import { beforeAll, describe, expect, it } from 'vitest';
import { demoCacheDir } from './cache-dir.ts';
import { fetchPhotos } from './fetch-photos.ts';
import { makePictures } from './make-pictures.ts';
import { type DemoWorld, makeWorld, performerIdOf } from './make-world.ts';
import { readPeople } from './people.ts';
import { readPhotos } from './photos.ts';
import { planPictures } from './plan-pictures.ts';

const cacheDir = demoCacheDir();

describe('the world of the demo', () => {
  let world: DemoWorld;
  // The first time on a machine this brings the photos through the npm registry and cuts 130 pictures.
  beforeAll(async () => {
    world = await makeWorld(cacheDir);
  });

  it('has the 22 faces of six photos, and twenty people with a face of their own', () => {
    expect(readPhotos().photos.flatMap(({ faces }) => faces)).toHaveLength(22);
    expect(new Set(readPeople().map(({ face }) => face)).size).toBe(20);
    expect(world.performers.filter(({ deleted }) => !deleted)).toHaveLength(20);
  });

  it('gives everybody six pictures that pass the size filter, none shared with anybody', async () => {
    const all = world.performers.flatMap(({ images }) => images ?? []);
    expect(new Set(all).size).toBe(all.length);
    for (const { name, images = [] } of world.performers.filter(({ deleted }) => !deleted)) {
      const usable = images.slice(-6).map((id) => imageOf(world, id));
      expect(images.length, name).toBeLessThanOrEqual(7);
      for (const { width, height, content } of usable) {
        expect(Math.min(width, height), name).toBeGreaterThanOrEqual(300);
        expect(await sharp(content).metadata(), name).toMatchObject({ format: 'jpeg', width, height });
      }
    }
  });

  it('has each kind of spoiled picture, and the two that are only hard to get', () => {
    const kinds = new Set(readPeople().flatMap(({ spoiled }) => spoiled));
    expect([...kinds].sort()).toEqual([
      'broken',
      'face_too_small',
      'missing',
      'no_face',
      'svg',
      'too_small',
      'truncated',
      'two_faces',
    ]);
    expect(world.images.flatMap(({ fault }) => fault?.kind ?? []).sort()).toEqual([
      'missing',
      'slow',
      'throttled',
      'truncated',
    ]);
  });

  it('has namesakes, a bulk import, and merged performers that lead to their target', () => {
    expect(world.performers.filter(({ name, deleted }) => name === 'Wren Ashgrove' && !deleted)).toHaveLength(
      2,
    );
    const times = world.performers.filter(({ deleted }) => !deleted).map(({ created }) => created?.getTime());
    expect(times.filter((time) => time === times[0])).toHaveLength(12);
    const merged = world.performers.find(({ id }) => id === performerIdOf('mimi-strand'));
    expect(merged).toMatchObject({ deleted: true, merged_into_id: performerIdOf('mirelle-okonjo-strand') });
  });

  it('is the same, byte for byte, when several make it again elsewhere at once', async () => {
    await using elsewhere = await scratchDir();
    await cp(join(cacheDir, 'photos'), join(elsewhere.path, 'photos'), { recursive: true });
    const plans = readPeople()
      .slice(2, 3)
      .flatMap((person) => planPictures(person, readPhotos().photos));
    const made = await Promise.all(Array.from({ length: 6 }, () => makePictures(plans, elsewhere.path)));
    for (const { id, content } of made.flat()) {
      expect(Buffer.compare(content, imageOf(world, id).content), id).toBe(0);
    }
  });

  it('is served by a process that says where, and ends when told', async () => {
    const box = spawn(process.execPath, [join(import.meta.dirname, 'stash-box.ts'), '--api-key', 'k'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface(box.stdout), 'line');
    const { url, api_key, performers, images } = JSON.parse(line);
    expect({ api_key, performers, images }).toEqual({
      api_key: 'k',
      performers: 20,
      images: world.images.length,
    });
    const body = JSON.stringify({ query: '{ queryPerformers(input: {}) { count } }' });
    const answer = await fetch(url, { method: 'POST', headers: { ApiKey: 'k' }, body });
    expect(await answer.json()).toEqual({ data: { queryPerformers: { count: 20 } } });
    box.kill('SIGTERM');
    expect(await once(box, 'exit')).toEqual([0, null]);
  });
});

it('refuses photos that are not the pinned ones, and keeps none', async () => {
  await using cache = await scratchDir();
  await using registry = await registryOfOtherPhotos();
  const photos = readPhotos();
  await expect(fetchPhotos(cache.path, photos, registry.url)).rejects.toThrow(
    /demo\/sample1.jpg of @vladmandic\/face-api@1.7.15 is not the pinned photo .* set npm_config_registry/,
  );
});

function imageOf(world: DemoWorld, id: string) {
  const image = world.images.find((one) => one.id === id);
  if (!image) throw new Error(`The world has no image ${id}`);
  return image;
}

async function scratchDir() {
  const path = await mkdtemp(join(tmpdir(), 'demo-world-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A registry that serves a package of the right name with other bytes in it. */
async function registryOfOtherPhotos() {
  await using source = await scratchDir();
  await mkdir(join(source.path, 'package/demo'), { recursive: true });
  for (const { name } of readPhotos().photos)
    await writeFile(join(source.path, `package/demo/${name}.jpg`), 'other');
  const tarball = await create({ gzip: true, cwd: source.path }, ['package']).concat();
  const server = createServer((_, response) => response.end(tarball)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: async () => void server.close() };
}
