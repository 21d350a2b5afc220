import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectPart } from '../../objects/object-store.ts';
import { diskObjects } from './disk-objects.ts';

const PART_BYTES = 1_000;
const bytes = Uint8Array.from({ length: 2_500 }, (_, index) => (index * 7) % 251);
const upload = { key: '2026.11.20-1/performers.db', ticket: 'disk' };

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'objects-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const whole = { size: bytes.length, sha256: sha256(bytes) };
const streamOf = (data: Uint8Array) => new Blob([Uint8Array.from(data)]).stream();

function partBytes(number: number): Uint8Array {
  return bytes.subarray((number - 1) * PART_BYTES, number * PART_BYTES);
}

function part(number: number): ObjectPart {
  const data = partBytes(number);
  return { number, offset: (number - 1) * PART_BYTES, size: data.length, sha256: sha256(data) };
}

async function put(...numbers: number[]) {
  const objects = diskObjects(root);
  for (const number of numbers) await objects.putPart(upload, part(number), streamOf(partBytes(number)));
}

async function readAll(range?: { start: number; end: number }) {
  const found = await diskObjects(root).read(upload.key, range);
  return found && new Uint8Array(await new Response(found.body).arrayBuffer());
}

describe('the folder of objects', () => {
  it('puts parts together in whatever order they come, each through a store of its own', async () => {
    await put(3);
    await put(1);
    await put(2, 3);
    expect(await readAll()).toBeNull();
    await diskObjects(root).complete(upload, whole, []);
    expect(await readAll()).toEqual(bytes);
    expect(await readAll({ start: 998, end: 1_001 })).toEqual(bytes.subarray(998, 1_002));
    expect(await readdir(join(root, '2026.11.20-1'))).toEqual(['performers.db']);
  });

  it('lets completion be repeated and aborts without touching the finished object', async () => {
    await put(1, 2, 3);
    const objects = diskObjects(root);
    await Promise.all([objects.complete(upload, whole, []), objects.complete(upload, whole, [])]);
    await objects.complete(upload, whole, []);
    await objects.abort(upload);
    expect(await readAll()).toEqual(bytes);
  });

  it.each([
    ['another hash', partBytes(2), 'hash', /the sha256 is [0-9a-f]{64}, not/],
    ['a truncated body', partBytes(1).subarray(0, 400), 'too-short', /ended after 400 of 1000 bytes/],
    ['too long a body', bytes, 'too-long', /longer than the 1000 bytes expected/],
  ])('refuses a part with %s', async (_, data, kind, message) => {
    const failure = await diskObjects(root)
      .putPart(upload, part(1), streamOf(data))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'WrongBytes', kind, message: expect.stringMatching(message) });
  });

  it('is content when another call completes the upload at any moment of its own', async () => {
    for (let round = 0; round < 10; round++) {
      await put(1, 2, 3);
      const calls: Promise<void>[] = [];
      // One call begins with every turn of the event loop, so they come to meet in every way.
      for (let call = 0; call < 30; call++) {
        calls.push(diskObjects(root).complete(upload, whole, []));
        await setImmediate();
      }
      await Promise.all(calls);
      expect(await readAll()).toEqual(bytes);
      await diskObjects(root).delete(upload.key);
    }
  });

  it('refuses to complete what was damaged after its parts were accepted, and leaves no object', async () => {
    await put(1, 2, 3);
    await writeFile(join(root, `${upload.key}.partial`), bytes.toReversed());
    await expect(diskObjects(root).complete(upload, whole, [])).rejects.toMatchObject({ kind: 'hash' });
    await put(1, 2);
    await expect(diskObjects(root).complete(upload, { ...whole, size: 3_000 }, [])).rejects.toMatchObject({
      kind: 'too-short',
    });
    expect(await readAll()).toBeNull();
  });

  it('says that an upload is lost when its file has gone', async () => {
    await expect(diskObjects(root).complete(upload, whole, [])).rejects.toMatchObject({ name: 'UploadLost' });
  });

  it('removes uploads and objects with their folder, and does not mind their absence', async () => {
    const objects = diskObjects(root);
    await put(1, 2, 3);
    await objects.abort(upload);
    expect(await readdir(root)).toEqual([]);
    await put(1, 2, 3);
    await objects.complete(upload, whole, []);
    await objects.delete(upload.key);
    await objects.delete(upload.key);
    await objects.abort(upload);
    expect(await readdir(root)).toEqual([]);
  });

  it('goes on reading an object that is removed meanwhile', async () => {
    await put(1, 2, 3);
    const objects = diskObjects(root);
    await objects.complete(upload, whole, []);
    const found = await objects.read(upload.key);
    await objects.delete(upload.key);
    expect(new Uint8Array(await new Response(found?.body).arrayBuffer())).toEqual(bytes);
  });

  it('refuses a key that would leave the folder', async () => {
    await expect(diskObjects(root).read('a/../../outside')).rejects.toThrow('cannot be an object');
  });

  it('checks that the folder can be written', async () => {
    await expect(diskObjects(root).check()).resolves.toBeUndefined();
    await writeFile(join(root, 'file'), '');
    await expect(diskObjects(join(root, 'file')).check()).rejects.toThrow('EEXIST');
  });
});
