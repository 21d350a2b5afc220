import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';
import { NotRetryable } from './request-errors.ts';
import { isNotCompressed, startsWith } from './sniff-bytes.ts';

type Decode = (bytes: Uint8Array, limits: { maxOutputLength: number }) => Promise<Uint8Array>;

const gzipMagic = [0x1f, 0x8b];
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];

/** What may undo a coding of these bytes, the likeliest first; nothing where the bytes are not in that coding. */
const decodersOf: Record<string, (bytes: Uint8Array) => Decode[]> = {
  gzip: (bytes) => (startsWith(bytes, gzipMagic) ? [promisify(gunzip)] : []),
  zstd: (bytes) => (startsWith(bytes, zstdMagic) ? [promisify(zstdDecompress)] : []),
  br: () => [promisify(brotliDecompress)],
  // The standard says zlib, and some servers send what zlib wraps (RFC 9110, 8.4.1.2).
  deflate: (bytes) =>
    hasZlibHeader(bytes) ? [promisify(inflate), promisify(inflateRaw)] : [promisify(inflateRaw)],
};

const aliases: Record<string, string> = { 'x-gzip': 'gzip', 'x-compress': 'compress' };

/** Registered codings (IANA, HTTP Content Coding Registry) for which there is no decoder here, nor a server that uses them. */
const withoutDecoder = new Set(['aes128gcm', 'compress', 'dcb', 'dcz', 'exi', 'pack200-gzip']);

/** Bytes that cannot be compressed become a little longer: with deflate by 5 bytes per 16 KiB, and by its frame. */
const COMPRESSED_MAX_RATIO = 1.01;
const FRAME_MAX_BYTES = 1_024;

/** A body in more codings than this was made to cost time. */
const MAX_CODINGS = 4;

/**
 * The codings of a `Content-Encoding`, in the order in which they are undone.
 *
 * Names that are no coding (`UTF-8`, `none`, `aws-chunked`, `image/jpeg`, …) are left out: servers send them beside bytes
 * that are not encoded.
 *
 * @throws NotRetryable when there are more than four
 */
export function toCodings(encoding: string | undefined): string[] {
  const names = (encoding ?? '').split(',').map((name) => name.trim().toLowerCase());
  const codings = names
    .map((name) => aliases[name] ?? name)
    .filter((name) => Object.hasOwn(decodersOf, name) || withoutDecoder.has(name));
  if (codings.length > MAX_CODINGS) {
    throw new NotRetryable(
      `the body comes in ${codings.length} encodings, and at most ${MAX_CODINGS} are undone`,
    );
  }
  return codings.reverse();
}

/** How many bytes a compressed body may have whose content has at most `maxBytes`. */
export function compressedMaxBytes(maxBytes: number): number {
  return Math.floor(maxBytes * COMPRESSED_MAX_RATIO) + FRAME_MAX_BYTES;
}

/**
 * Undoes `codings`, the first one first. Bytes that are not in the coding that the header names are taken as they are.
 *
 * @param maxBytes limit of the result, bytes
 * @returns null when the result, or the output of any coding on the way, is larger
 * @throws NotRetryable when a coding has no decoder; the decoder's error when the bytes end early (`unexpected end of
 * file`) or are damaged
 */
export async function decodeBody(
  body: Uint8Array,
  codings: readonly string[],
  maxBytes: number,
): Promise<Uint8Array | null> {
  let bytes = body;
  try {
    for (const coding of codings) bytes = await undo(coding, bytes, compressedMaxBytes(maxBytes));
  } catch (error) {
    if (isTooLarge(error)) return null;
    throw error;
  }
  return bytes.byteLength > maxBytes ? null : bytes;
}

async function undo(coding: string, bytes: Uint8Array, maxOutputLength: number): Promise<Uint8Array> {
  if (bytes.byteLength === 0) return bytes;
  const decoders = decodersOf[coding]?.(bytes);
  if (!decoders) {
    if (isNotCompressed(bytes)) return bytes;
    throw new NotRetryable(`the body comes in the encoding "${coding}", which cannot be undone`);
  }
  const failures: unknown[] = [];
  for (const decode of decoders) {
    try {
      return await decode(bytes, { maxOutputLength });
    } catch (error) {
      if (isTooLarge(error)) throw error;
      failures.push(error);
    }
  }
  if (failures.length === 0 || isNotCompressed(bytes)) return bytes;
  throw failures[0];
}

/** A header of zlib: method 8 (deflate), and a check by 31 (RFC 1950, 2.2). */
function hasZlibHeader([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}
