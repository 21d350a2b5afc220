import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is wrong with a picture, each time or (`throttled`) for its first `times` requests. */
export type ImageFault =
  | { kind: 'missing' }
  | { kind: 'slow'; delayMs: number }
  /** Announces the whole length and hangs up after `atByte`. */
  | { kind: 'truncated'; atByte: number }
  | { kind: 'throttled'; times: number; retryAfterS: number };

/** A picture of the fake stash-box. `width` of -1 says SVG, as on a real one. */
export type ServedImage = {
  id: string;
  width: number;
  height: number;
  content: Uint8Array;
  /** Other contents by `?size=`; `content` is given for the rest. */
  sizes?: Readonly<Record<string, Uint8Array>>;
  fault?: ImageFault;
};

const CACHED_FOR_A_YEAR = 'public, max-age=31536000, immutable';

/** Answers one `GET /images/<id>`; `asked` counts the requests for this image, this one included. */
export async function serveImage(
  image: ServedImage | undefined,
  asked: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const fault = image?.fault;
  if (!image || fault?.kind === 'missing') return end(response, 404, {});
  if (fault?.kind === 'throttled' && asked <= fault.times) {
    return end(response, 429, { 'Retry-After': String(fault.retryAfterS) });
  }
  if (fault?.kind === 'slow') await elapsed(fault.delayMs);
  const size = new URL(request.url ?? '/', 'http://box').searchParams.get('size') ?? '';
  const content = image.sizes?.[size] ?? image.content;
  const headers = headersOf(content);
  if (request.headers['if-none-match'] === headers.ETag) return end(response, 304, headers);
  response.writeHead(200, headers);
  if (fault?.kind !== 'truncated') return void response.end(content);
  response.write(content.subarray(0, fault.atByte), () => response.destroy());
}

function end(response: ServerResponse, status: number, headers: Record<string, string>): void {
  const { 'Content-Length': _, ...rest } = headers;
  response.writeHead(status, rest).end();
}

function headersOf(content: Uint8Array) {
  return {
    'Content-Type': contentTypeOf(content),
    'Content-Length': String(content.length),
    'Cache-Control': CACHED_FOR_A_YEAR,
    ETag: `"${createHash('sha256').update(content).digest('hex').slice(0, 32)}"`,
  };
}

/** By the first bytes: JPEG, PNG, WebP, or nothing known. */
function contentTypeOf(content: Uint8Array): string {
  const magic = Buffer.from(content.subarray(0, 12)).toString('latin1');
  if (magic.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (magic.startsWith('\x89PNG')) return 'image/png';
  if (magic.endsWith('WEBP')) return 'image/webp';
  return 'application/octet-stream';
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
