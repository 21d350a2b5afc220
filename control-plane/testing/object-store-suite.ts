import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { ObjectDigest, ObjectPart, ObjectStore, PartReceipt } from '../src/objects/object-store.ts';

const key = '2026.11.20-1/performers.db';
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const streamOf = (data: Uint8Array) => new Blob([Uint8Array.from(data)]).stream();
const digestOf = (data: Uint8Array): ObjectDigest => ({ size: data.length, sha256: sha256(data) });
const someBytes = (size: number) => Uint8Array.from({ length: size }, (_, index) => (index * 7) % 251);

/** Most tests need one part, and the only one may be small on every store. */
const small = someBytes(1_000);

/**
 * What every version store promises. Each step goes through a store of its own, because nothing may depend on what
 * one remembers.
 *
 * @param open gives another store on the same objects
 * @param partBytes the smallest size of a part that the store takes
 */
export function testObjectStore(open: () => ObjectStore, partBytes: number): void {
  function part(bytes: Uint8Array, number = 1): ObjectPart {
    const offset = (number - 1) * partBytes;
    return { number, offset, ...digestOf(bytes.subarray(offset, offset + partBytes)) };
  }

  async function put(ticket: string, bytes: Uint8Array, ...numbers: number[]): Promise<PartReceipt[]> {
    const receipts: PartReceipt[] = [];
    for (const number of numbers) {
      const { offset, ...rest } = part(bytes, number);
      const body = streamOf(bytes.subarray(offset, offset + partBytes));
      receipts.push({ number, receipt: await open().putPart({ key, ticket }, { offset, ...rest }, body) });
    }
    return receipts.sort((a, b) => a.number - b.number);
  }

  async function readAll(range?: { start: number; end: number }) {
    const found = await open().read(key, range);
    return found && new Uint8Array(await new Response(found.body).arrayBuffer());
  }

  /** An upload of `small` with all of its parts. */
  async function uploaded() {
    const upload = { key, ticket: await open().begin(key) };
    return { upload, receipts: await put(upload.ticket, small, 1) };
  }

  it('puts parts together in whatever order they come', async () => {
    const bytes = someBytes(2.5 * partBytes);
    const ticket = await open().begin(key);
    await put(ticket, bytes, 3);
    await put(ticket, bytes, 1);
    const receipts = await put(ticket, bytes, 2, 3, 1);
    expect(await readAll()).toBeNull();
    await open().complete({ key, ticket }, digestOf(bytes), receipts);
    expect(sha256((await readAll()) ?? small)).toBe(sha256(bytes));
    expect(await readAll({ start: partBytes - 2, end: partBytes + 1 })).toEqual(
      bytes.slice(partBytes - 2, partBytes + 2),
    );
    const found = await open().read(key, { start: 0, end: 0 });
    expect(found?.size).toBe(bytes.length);
    await found?.body.cancel();
  });

  it('lets completion be repeated, and aborts without touching the finished object', async () => {
    const { upload, receipts } = await uploaded();
    const complete = () => open().complete(upload, digestOf(small), receipts);
    await Promise.all([complete(), complete()]);
    await complete();
    await open().abort(upload);
    expect(await readAll()).toEqual(small);
  });

  it.each([
    ['another hash', small.toReversed(), 'hash', /the sha256 is [0-9a-f]{64}, not/],
    ['a truncated body', small.subarray(0, 400), 'too-short', /ended after 400 of 1000 bytes/],
    ['too long a body', someBytes(1_500), 'too-long', /longer than the 1000 bytes expected/],
  ])('refuses a part with %s, and takes the right one after it', async (_, data, kind, message) => {
    const ticket = await open().begin(key);
    const failure = await open()
      .putPart({ key, ticket }, part(small), streamOf(data))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'WrongBytes', kind, message: expect.stringMatching(message) });
    await open().complete({ key, ticket }, digestOf(small), await put(ticket, small, 1));
    expect(await readAll()).toEqual(small);
  });

  it.each([
    ['has another hash', { ...digestOf(small), sha256: sha256(someBytes(3)) }, 'hash'],
    ['is shorter', { ...digestOf(small), size: 1_001 }, 'too-short'],
    ['is longer', { ...digestOf(small), size: 999 }, 'too-long'],
  ])('refuses to complete what %s than was expected, and leaves no object', async (_, whole, kind) => {
    const { upload, receipts } = await uploaded();
    await expect(open().complete(upload, whole, receipts)).rejects.toMatchObject({
      name: 'WrongBytes',
      kind,
    });
    expect(await readAll()).toBeNull();
  });

  it('says that an upload is lost when it was dropped', async () => {
    const { upload, receipts } = await uploaded();
    await open().abort(upload);
    const lost = { name: 'UploadLost' };
    await expect(put(upload.ticket, small, 1)).rejects.toMatchObject(lost);
    await expect(open().complete(upload, digestOf(small), receipts)).rejects.toMatchObject(lost);
  });

  it('keeps uploads of one key apart', async () => {
    const first = await uploaded();
    const second = { key, ticket: await open().begin(key) };
    await open().abort(second);
    await open().complete(first.upload, digestOf(small), first.receipts);
    expect(await readAll()).toEqual(small);
  });

  it('removes objects, and does not mind their absence', async () => {
    const { upload, receipts } = await uploaded();
    await open().complete(upload, digestOf(small), receipts);
    await open().delete([key, '2026.11.20-1/none.db']);
    await open().delete([key]);
    await open().abort(upload);
    expect(await readAll()).toBeNull();
  });

  it('can be used', async () => {
    await expect(open().check()).resolves.toBeUndefined();
  });
}
