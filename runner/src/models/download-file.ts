import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pRetry from 'p-retry';
import { PackError } from './pack-error.ts';
import { sha256OfFile } from './verify-pack.ts';

export interface DownloadOptions {
  /** Without one, the caller checks what came. */
  sha256?: string;
  /** Bytes so far and, when the server says, in all. */
  onProgress?: (received: number, total: number | null) => void;
  signal?: AbortSignal;
  /** Wait before the second try; doubled for each further one. */
  retryAfterMs?: number;
}

/** 4 tries in all, by default with 1, 2 and 4 s between them; each goes on where the one before stopped. */
const retries = { retries: 3, factor: 2 };
const defaultRetryAfterMs = 1_000;

/**
 * Downloads into `path + '.part'`, continues what an earlier attempt left there, and renames when the hash is right, so
 * that `path` never holds half a file.
 *
 * @throws PackError `wrong_hash` (the partial file is deleted) or `download_failed`
 */
export async function downloadFile(url: string, path: string, options: DownloadOptions = {}): Promise<void> {
  const part = `${path}.part`;
  await pRetry(() => fetchRest(url, part, options), {
    ...retries,
    minTimeout: options.retryAfterMs ?? defaultRetryAfterMs,
    signal: options.signal,
    shouldRetry: ({ error }) => !(error instanceof PackError),
  }).catch((cause) => {
    options.signal?.throwIfAborted();
    if (cause instanceof PackError) throw cause;
    throw new PackError(
      'download_failed',
      `Downloading ${url} failed: ${reasonOf(cause)}. What arrived is kept; run the command again to continue.`,
      { cause },
    );
  });
  await checkHash(url, part, options.sha256);
  await rename(part, path);
}

async function fetchRest(url: string, part: string, options: DownloadOptions): Promise<void> {
  const have = await stat(part).then(
    (s) => s.size,
    () => 0,
  );
  const headers = have > 0 ? { range: `bytes=${have}-` } : undefined;
  const response = await fetch(url, { headers, signal: options.signal });
  if (response.status === 416) return; // Nothing left to ask for: the hash decides whether it is whole.
  if (!response.ok || !response.body) refuseAnswer(url, response);
  const start = response.status === 206 ? have : 0;
  await pipeline(
    Readable.fromWeb(response.body),
    countBytes(start, totalBytes(response, start), options.onProgress),
    createWriteStream(part, { flags: start > 0 ? 'a' : 'w' }),
  );
}

function refuseAnswer(url: string, response: Response): never {
  const sentence = `${url} answered ${response.status} ${response.statusText}`.trim();
  // 4xx says that asking again will not help, except for 408 and 429.
  if (response.status >= 500 || response.status === 408 || response.status === 429) throw new Error(sentence);
  throw new PackError(
    'download_failed',
    `${sentence}. Check the address and whether this machine may reach it.`,
  );
}

function totalBytes(response: Response, start: number): number | null {
  const length = Number(response.headers.get('content-length'));
  return length > 0 ? start + length : null;
}

function countBytes(start: number, total: number | null, onProgress: DownloadOptions['onProgress']) {
  let received = start;
  return async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      received += chunk.byteLength;
      onProgress?.(received, total);
      yield chunk;
    }
  };
}

async function checkHash(url: string, part: string, expected: string | undefined): Promise<void> {
  if (!expected) return;
  const found = await sha256OfFile(part);
  if (found === expected) return;
  await rm(part, { force: true });
  throw new PackError(
    'wrong_hash',
    `${url} did not bring the pinned file: sha256 is ${found}, expected ${expected}. Nothing was kept. ` +
      'The file was replaced at its origin or changed on the way; do not use it.',
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
