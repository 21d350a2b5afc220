import { type Duplex, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { NotRetryable } from '../sources/errors.ts';

/** What `readBody` can undo; sent as `Accept-Encoding`. */
export const acceptedEncodings = 'gzip, deflate, br';

const decoders: Record<string, () => Duplex> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * The whole body, decompressed. The limit holds while it streams and counts decompressed bytes, so neither a wrong
 * `Content-Length` nor a small bomb gets past it. `onBytes` hears of bytes as they were received.
 *
 * @throws NotRetryable when the body is larger than `maxBytes` or in an encoding nobody asked for
 */
export async function readBody(
  body: Readable,
  encoding: string | undefined,
  maxBytes: number,
  onBytes: (count: number) => void,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of decoded(body, encoding, onBytes)) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new NotRetryable(`the body is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function decoded(
  body: Readable,
  encoding: string | undefined,
  onBytes: (count: number) => void,
): AsyncIterable<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return tally(body, onBytes);
  const decoder = decoders[name]?.();
  if (decoder) return Readable.from(tally(body, onBytes)).compose(decoder);
  body.destroy();
  throw new NotRetryable(`the body comes in the encoding ${JSON.stringify(name)}, which nobody asked for`);
}

async function* tally(body: AsyncIterable<Uint8Array>, onBytes: (count: number) => void) {
  for await (const chunk of body) {
    onBytes(chunk.byteLength);
    yield chunk;
  }
}
