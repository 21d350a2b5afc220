import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { matchesAnyTag, parseRange } from '../objects/parse-range.ts';
import { keyOf } from './artifact-upload.ts';
import { readVersion } from './read-versions.ts';

const contentTypes: Record<string, string> = {
  json: 'application/json',
  zip: 'application/zip',
  db: 'application/vnd.sqlite3',
  txt: 'text/plain; charset=utf-8',
  sha256sums: 'text/plain; charset=utf-8',
};

/**
 * Answers with an artifact's bytes (RFC 9110: `Range`, `If-Range`, `If-None-Match`). The entity tag is the sha256
 * that was verified, so it is strong.
 *
 * @throws {ProblemError} `not_found` or `range_not_satisfiable`
 */
export async function sendArtifact(
  deps: Deps,
  { version: number, name }: { version: string; name: string },
  request: Request,
): Promise<Response> {
  const { version, artifacts } = await readVersion(deps, number);
  const artifact = artifacts.find((each) => each.name === name);
  if (!artifact) {
    const names = artifacts.map((each) => each.name).join(', ');
    throw new ProblemError('not_found', `Version ${number} has no artifact "${name}": it has ${names}.`);
  }
  const { size, sha256 } = artifact;
  const headers = headersFor(name, sha256);
  const etag = `"${sha256}"`;
  if (matchesAnyTag(request.headers.get('if-none-match') ?? undefined, etag)) {
    return new Response(null, { status: 304, headers });
  }
  const range = wantedRange(request, etag, size);
  if (range === 'unsatisfiable') throw outOfRange(name, size, request);
  headers.set('content-length', String(range ? range.end - range.start + 1 : size));
  if (range) headers.set('content-range', `bytes ${range.start}-${range.end}/${size}`);
  const status = range ? 206 : 200;
  if (request.method === 'HEAD') return new Response(null, { status, headers });

  const found = await deps.objects.read(keyOf(version, artifact), range ?? undefined);
  if (!found) throw new Error(`The version store has lost ${keyOf(version, artifact)}`);
  return new Response(found.body, { status, headers });
}

function headersFor(name: string, sha256: string): Headers {
  const extension = name.split('.').at(-1)?.toLowerCase() ?? '';
  return new Headers({
    'content-type': contentTypes[extension] ?? 'application/octet-stream',
    // Names are safe as they are: letters, digits, ".", "_" and "-".
    'content-disposition': `attachment; filename="${name}"`,
    'x-content-type-options': 'nosniff',
    etag: `"${sha256}"`,
    'accept-ranges': 'bytes',
    // A removed version must not live on in a cache, so it has to ask.
    'cache-control': 'private, no-cache',
  });
}

/** A range counts only for GET, and with `If-Range` only while the file is the same. */
function wantedRange({ method, headers }: Request, etag: string, size: number) {
  const ifRange = headers.get('if-range');
  if (method !== 'GET' || (ifRange !== null && ifRange !== etag)) return null;
  return parseRange(headers.get('range') ?? undefined, size);
}

function outOfRange(name: string, size: number, { headers }: Request): ProblemError {
  return new ProblemError(
    'range_not_satisfiable',
    `"${name}" has ${size} bytes, and "${headers.get('range')}" is beyond them.`,
    { headers: { 'content-range': `bytes */${size}` } },
  );
}
