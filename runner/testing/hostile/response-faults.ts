import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import type { Random } from '../world/random.ts';

/** What a server really answered. */
export interface TrueAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** What comes instead of an answer, or is made of it. */
export type ResponseFault = (
  answer: TrueAnswer,
  response: ServerResponse,
  nowMs: number,
  chance: Random,
) => void;

/** The answer as it is. */
export const passOn: ResponseFault = ({ status, headers, body }, response) =>
  void response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);

/** A header that is not true, or unusual, beside an answer that can be read all the same. */
const NO_CODINGS = [
  'UTF-8',
  'none',
  'binary',
  '7bit',
  'base64',
  'aws-chunked',
  'image/jpeg',
  'br',
  'gzip',
  'zstd',
];
const GZIP_NAMES = ['gzip', 'GZIP', 'x-gzip', 'gzip, identity', 'aws-chunked,gzip'];

const labelled =
  (encode: (body: Buffer) => Buffer, names: readonly string[]): ResponseFault =>
  ({ status, headers, body }, response, _nowMs, chance) => {
    const encoded = body.length > 0 ? encode(body) : body;
    response
      .writeHead(status, {
        ...headers,
        'content-encoding': chance.pick(names),
        'content-length': encoded.length,
      })
      .end(encoded);
  };

/** A client that is told the truth in one of these ways must read it. */
export const unusualAnswers: Readonly<Record<string, ResponseFault>> = {
  'mislabelled body': labelled((body) => body, NO_CODINGS),
  'oddly named gzip': labelled((body) => gzipSync(body), GZIP_NAMES),
  'gzip twice': labelled((body) => gzipSync(gzipSync(body)), ['gzip, gzip']),
  'raw deflate': labelled((body) => deflateRawSync(body), ['deflate']),
};

const ASCTIME_DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');
const ASCTIME_MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The third date format of HTTP (RFC 9110, 5.6.7), which names no time zone and is UTC. */
export function asctime(date: Date): string {
  const [day, month] = [ASCTIME_DAYS[date.getUTCDay()], ASCTIME_MONTHS[date.getUTCMonth()]];
  const time = date.toISOString().slice(11, 19);
  return `${day} ${month} ${String(date.getUTCDate()).padStart(2)} ${time} ${date.getUTCFullYear()}`;
}

const cut = (body: Buffer) => body.subarray(0, -3);
const plainError =
  (status: number, text = ''): ResponseFault =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end(text);

/** Failures that any client sees, a browser too. */
export const failures: Readonly<Record<string, ResponseFault>> = {
  'hang-up': (_, response) => void response.destroy(),
  'bad gateway': plainError(502, '<html><body>502 Bad Gateway</body></html>'),
  'empty error': plainError(500),
  'request timeout': plainError(408),
  'Retry-After in asctime form': (_, response, nowMs, chance) => {
    const at = new Date(nowMs + 1_000 * (5 + chance.int(60)));
    response.writeHead(429, { 'retry-after': asctime(at) }).end();
  },
  'busy without a time': plainError(503, '<html><body>back soon</body></html>'),
};

/** Failures of the body or the protocol, which only the runner's own client is asked to bear. */
export const brokenBodies: Readonly<Record<string, ResponseFault>> = {
  'cut gzip': labelled((body) => cut(gzipSync(body)), ['gzip']),
  'cut brotli': labelled((body) => cut(brotliCompressSync(body)), ['br']),
  'cut deflate': labelled((body) => cut(deflateRawSync(body)), ['deflate']),
  'cut in the middle': ({ status, headers, body }, response) => {
    response.writeHead(status, { ...headers, 'content-length': body.length + 10 });
    response.write(body.subarray(0, body.length / 2), () => response.destroy());
  },
  'redirect without Location': (_, response) => void response.writeHead(302).end(),
  'redirect to a fragment': (_, response) => void response.writeHead(302, { location: '#x' }).end(),
};

/** What comes in the place of a picture with a status and a length that are right. */
export const wrongPictures: Readonly<Record<string, ResponseFault>> = {
  'a page in the place of a picture': (_, response) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Log in</body></html>'),
  'half a picture': ({ status, headers, body }, response) => {
    const half = body.subarray(0, body.length / 2);
    response.writeHead(status, { ...headers, 'content-length': half.length }).end(half);
  },
  'an empty picture': ({ status, headers }, response) =>
    void response.writeHead(status, { ...headers, 'content-length': 0 }).end(),
};
