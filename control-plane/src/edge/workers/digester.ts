import { DurableObject } from 'cloudflare:workers';
import type { ObjectDigest } from '../../objects/object-store.ts';

/**
 * Read at once, bytes. A stream's own chunks have some 4 KiB, and to handle each of them costs ten times what hashing it
 * does.
 */
const PIECE_BYTES = 256 * 1024;

/**
 * Hashes and counts a stream's bytes as they go by, and passes them on to `copy` if there is one. Whether that takes them
 * all is not looked at: it has its own reader, who finds out.
 *
 * @throws what the stream failed with
 */
export async function digestOf(
  stream: ReadableStream<Uint8Array>,
  copy?: WritableStream<Uint8Array>,
): Promise<ObjectDigest> {
  const hash = new crypto.DigestStream('SHA-256');
  const hashing = hash.getWriter();
  const copying = copy?.getWriter();
  try {
    for await (const piece of piecesOf(stream)) {
      await Promise.all([hashing.write(piece), copying?.write(piece).catch(() => {})]);
    }
  } catch (error) {
    await copying?.abort(error).catch(() => {});
    throw error;
  }
  await Promise.all([hashing.close(), copying?.close().catch(() => {})]);
  return { size: Number(hash.bytesWritten), sha256: hexOf(await hash.digest) };
}

/** All of them share one buffer: a piece is good until the next is asked for. */
async function* piecesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  // Only the platform's own streams can be read so; this makes one of any.
  const reader = stream.pipeThrough(new IdentityTransformStream()).getReader({ mode: 'byob' });
  let buffer = new ArrayBuffer(PIECE_BYTES);
  for (;;) {
    const { value } = await reader.readAtLeast(PIECE_BYTES, new Uint8Array(buffer));
    if (!value?.byteLength) return;
    yield value;
    buffer = value.buffer;
  }
}

export function hexOf(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Hashes whole objects of the bucket as they stream by. A Durable Object because it may compute for 30 s where a
 * request of the free plan has 10 ms, and 1.5 GB take about 2 s.
 */
export class Digester extends DurableObject<{ R2: R2Bucket }> {
  /** Null when there is no such object. */
  async digest(key: string): Promise<ObjectDigest | null> {
    const object = await this.env.R2.get(key);
    return object && digestOf(object.body);
  }
}
