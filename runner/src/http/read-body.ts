import type { Readable } from 'node:stream';
import { compressedMaxBytes, decodeBody, toCodings } from './decode-body.ts';
import { NotRetryable } from './request-errors.ts';

/** What a server may compress with; `decodeBody` undoes more. Sent as `Accept-Encoding`. */
export const acceptedEncodings = 'gzip, deflate, br';

/**
 * Reads the whole body and undoes its content codings.
 *
 * The limit holds for the bytes as received, while they arrive, and for the output of every coding, so that neither a
 * wrong `Content-Length` nor a small bomb gets past it. (What is still compressed may be a hundredth longer.)
 *
 * The body is received whole before a decoder sees it. No decoder is connected to the socket, so a failure on either
 * side rejects this promise and nothing else.
 *
 * @param encoding value of `Content-Encoding`; several header lines are joined with commas
 * @param maxBytes limit of the decoded body, bytes
 * @param onBytes called with the number of bytes of every chunk as received
 * @throws NotRetryable when the body is larger than `maxBytes` or in a coding that cannot be undone; the stream's or the
 * decoder's error when the body ends early or is damaged
 */
export async function readBody(
  body: Readable,
  encoding: string | undefined,
  maxBytes: number,
  onBytes: (count: number) => void,
): Promise<Uint8Array> {
  const codings = toCodings(encoding);
  const received = await receive(
    body,
    codings.length === 0 ? maxBytes : compressedMaxBytes(maxBytes),
    onBytes,
  );
  const decoded = received && (await decodeBody(received, codings, maxBytes));
  if (!decoded) throw new NotRetryable(`the body is larger than ${maxBytes} bytes`);
  return decoded;
}

/** Null when there is more than `maxBytes`. Leaving the loop destroys the stream, whose errors the iterator handles. */
async function receive(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  onBytes: (count: number) => void,
): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    onBytes(chunk.byteLength);
    size += chunk.byteLength;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
