import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { testObjectStore } from '../../../testing/object-store-suite.ts';
import { diskObjects } from './disk-objects.ts';

const key = '2026.11.20-1/performers.db';
const bytes = new Uint8Array(500).fill(7);
const whole = { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'objects-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function upload() {
  const objects = diskObjects(root);
  const begun = { key, ticket: await objects.begin(key) };
  await objects.putPart(begun, { number: 1, offset: 0, ...whole }, new Blob([bytes]).stream());
  return begun;
}

describe('the folder of objects', () => {
  testObjectStore(() => diskObjects(root), 1_000);

  it('holds the finished object and nothing else', async () => {
    await diskObjects(root).complete(await upload(), whole, []);
    expect(await readdir(root, { recursive: true })).toEqual(['2026.11.20-1', key]);
  });

  it('is content when another call completes the upload at any moment of its own', async () => {
    for (let round = 0; round < 10; round++) {
      const begun = await upload();
      const calls: Promise<void>[] = [];
      // One call begins with every turn of the event loop, so they come to meet in every way.
      for (let call = 0; call < 30; call++) {
        calls.push(diskObjects(root).complete(begun, whole, []));
        await setImmediate();
      }
      await Promise.all(calls);
      expect(await readdir(join(root, '2026.11.20-1'))).toEqual(['performers.db']);
      await diskObjects(root).delete([key]);
    }
  });

  it('refuses to complete what was damaged after its parts were accepted', async () => {
    const damaged = await upload();
    await writeFile(
      join(root, `${key}.${damaged.ticket}.partial`),
      bytes.map(() => 8),
    );
    await expect(diskObjects(root).complete(damaged, whole, [])).rejects.toMatchObject({ kind: 'hash' });
  });

  it('removes folders with what is in them', async () => {
    const objects = diskObjects(root);
    await objects.abort(await upload());
    expect(await readdir(root)).toEqual([]);
    await objects.complete(await upload(), whole, []);
    await objects.delete([key]);
    expect(await readdir(root)).toEqual([]);
  });

  it('goes on reading an object that is removed meanwhile', async () => {
    const objects = diskObjects(root);
    await objects.complete(await upload(), whole, []);
    const found = await objects.read(key);
    await objects.delete([key]);
    expect(new Uint8Array(await new Response(found?.body).arrayBuffer())).toEqual(bytes);
  });

  it('refuses a key that would leave the folder', async () => {
    await expect(diskObjects(root).read('a/../../outside')).rejects.toThrow('cannot be an object');
  });

  it('checks that the folder can be written', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(diskObjects(join(root, 'file')).check()).rejects.toThrow('EEXIST');
  });
});

it('begins nothing in a folder that was deleted or replaced', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'disk-objects-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const root = join(parent, 'versions');
  const store = diskObjects(root);
  await store.check();
  // Before the other one goes, whose number in the file system may be given out again.
  mkdirSync(join(parent, 'other'));
  rmSync(root, { recursive: true });
  await expect(store.check()).rejects.toThrow(`${root} was deleted while the program ran`);
  await expect(store.begin('2026.01.01/a.zip')).rejects.toThrow('was deleted');
  expect(existsSync(root)).toBe(false);
  renameSync(join(parent, 'other'), root);
  await expect(store.begin('2026.01.01/a.zip')).rejects.toThrow(`${root} was replaced`);
});
