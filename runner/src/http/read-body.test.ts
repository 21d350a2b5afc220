import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBody } from './read-body.ts';
import { NotRetryable } from './request-errors.ts';

const PAGE = Buffer.from(`<!DOCTYPE html><title>Ada</title>${'<p>Ada Lovelace</p>'.repeat(20)}`);
const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(200)]);

function read(body: Uint8Array | Uint8Array[], encoding?: string, maxBytes = 10_000) {
  const chunks = Array.isArray(body) ? body : [body];
  return readBody(Readable.from(chunks), encoding, maxBytes, () => {});
}

const compressors: [string, (bytes: Uint8Array) => Uint8Array][] = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
];

describe('a body that is compressed', () => {
  it.each(compressors)('is given as it was before %s', async (coding, compress) => {
    expect(await read(compress(PAGE), coding)).toEqual(PAGE);
    expect(await read(compress(JPEG), coding.toUpperCase())).toEqual(JPEG);
  });

  it.each(compressors)('rejects when it ends early in %s, wherever that is', async (coding, compress) => {
    const whole = compress(PAGE);
    for (let length = 1; length < whole.byteLength; length++) {
      await expect(read(whole.subarray(0, length), coding)).rejects.toThrow('unexpected end of file');
    }
  });

  it.each(compressors)(
    'is refused when it grows too large out of %s, alone or inside of gzip',
    async (coding, compress) => {
      const bomb = compress(Buffer.alloc(3_000_000, 'a'));
      await expect(read(bomb, coding)).rejects.toThrow(
        new NotRetryable('the body is larger than 10000 bytes'),
      );
      await expect(read(gzipSync(bomb), `${coding}, gzip`)).rejects.toBeInstanceOf(NotRetryable);
      await expect(read(compress(gzipSync(bomb)), `${coding}, gzip, ${coding}`)).rejects.toBeInstanceOf(
        NotRetryable,
      );
    },
  );

  it('is refused when an inner coding is a bomb', async () => {
    const inner = gzipSync(gzipSync(Buffer.alloc(30_000_000)));
    await expect(read(brotliCompressSync(inner), 'gzip, gzip, br')).rejects.toBeInstanceOf(NotRetryable);
  });

  it('may be as large as the limit, even where compressing has made it larger', async () => {
    const noise = randomBytes(10_000);
    expect(await read(gzipSync(gzipSync(noise)), 'gzip, gzip')).toEqual(noise);
    await expect(read(gzipSync(randomBytes(10_001)), 'gzip')).rejects.toBeInstanceOf(NotRetryable);
  });

  it('rejects when its bytes are damaged', async () => {
    const damaged = gzipSync(JPEG);
    damaged.fill(0xff, 40, 80);
    await expect(read(damaged, 'gzip')).rejects.toThrow();
  });
});

describe('Content-Encoding', () => {
  const names = [
    '',
    'identity',
    'UTF-8',
    'none',
    'binary',
    '7bit',
    'base64',
    'aws-chunked',
    'image/jpeg',
    ',',
    'constructor',
  ];
  it.each(names)('%j is no coding: the bytes stay as they are', async (name) => {
    expect(await read(JPEG, name)).toEqual(JPEG);
    await expect(read(JPEG, name, 100)).rejects.toThrow('larger than 100 bytes');
  });

  it.each([
    'gzip, identity',
    'identity,gzip',
    'aws-chunked,gzip',
    'gzip, gzip',
    'GZIP',
    ' gzip ',
    'gzip, UTF-8',
  ])('%j is gzip', async (name) => {
    expect(await read(gzipSync(JPEG), name)).toEqual(JPEG);
  });

  it('names codings in the order in which they were applied', async () => {
    expect(await read(brotliCompressSync(gzipSync(PAGE)), 'gzip, br')).toEqual(PAGE);
    expect(await read(zstdCompressSync(deflateRawSync(PAGE)), 'deflate,zstd')).toEqual(PAGE);
  });

  const codings = ['gzip', 'deflate', 'br', 'zstd', 'compress', 'gzip, br'];
  it.each(codings)('%j is wrong where the bytes are not compressed', async (name) => {
    for (const body of [
      PAGE,
      JPEG,
      Buffer.from('User-agent: *\nDisallow: /'),
      Buffer.from('{"performers": []}'),
    ]) {
      expect(await read(body, name)).toEqual(body);
    }
    expect(await read(Buffer.alloc(0), name)).toEqual(Buffer.alloc(0));
  });

  it('that cannot be undone is refused by name', async () => {
    const unknown = Buffer.from([0x1f, 0x9d, 0x90, 1, 2, 3]);
    await expect(read(unknown, 'compress')).rejects.toThrow(
      new NotRetryable('the body comes in the encoding "compress", which cannot be undone'),
    );
    await expect(read(gzipSync(PAGE), 'gzip,'.repeat(5))).rejects.toThrow(/in 5 encodings, and at most 4/);
  });
});

describe('a body as it arrives', () => {
  it('is counted as received', async () => {
    const counts: number[] = [];
    const body = gzipSync(PAGE);
    const parts = [body.subarray(0, 7), body.subarray(7)];
    await readBody(Readable.from(parts), 'gzip', 10_000, (bytes) => counts.push(bytes));
    expect(counts).toEqual(parts.map((part) => part.byteLength));
  });

  it('is left as soon as it is too large, whatever error the stream then reports', async () => {
    const body = new Readable({
      read() {
        this.push(Buffer.alloc(4_000));
      },
      // What undici does with a body that is not read to its end.
      destroy: (_, done) => void setImmediate(() => done(new Error('aborted'))),
    });
    await expect(readBody(body, 'gzip', 10_000, () => {})).rejects.toThrow('larger than 10000 bytes');
    expect(body.destroyed).toBe(true);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  });

  it('rejects with the error of a stream that fails', async () => {
    const broken = new Readable({
      read() {
        this.push(PAGE);
        this.destroy(new Error('other side closed'));
      },
    });
    await expect(readBody(broken, 'br', 10_000, () => {})).rejects.toThrow('other side closed');
  });
});
