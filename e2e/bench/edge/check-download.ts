import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { StagedVersion } from '../../../runner/src/upload/upload-version.ts';
import { serverIn, watchMemory } from './memory.ts';
import type { Plane } from './open-plane.ts';

export interface Check {
  edge: string;
  what: string;
  ok: boolean;
}

/** Downloads the one large artifact of a published version, whole and in ranges. */
export async function checkDownload(
  { url, edge, ownerToken, program }: Plane,
  { version, artifacts }: StagedVersion,
) {
  const [file] = artifacts;
  if (!file) throw new Error('There is no artifact');
  const get = (headers: Record<string, string> = {}) =>
    fetch(`${url}/api/versions/${version}/artifacts/${file.name}`, {
      headers: { authorization: `Bearer ${ownerToken}`, ...headers },
    });
  const found: Check[] = [];
  const check = (what: string, ok: boolean) => void found.push({ edge, what, ok });

  const memory = watchMemory(serverIn(program().pid));
  const beganAt = performance.now();
  const whole = await get();
  const hash = createHash('sha256');
  for await (const chunk of whole.body ?? []) hash.update(chunk);
  const ms = performance.now() - beganAt;
  const { before, peak } = memory();
  check('the whole has the announced hash', hash.digest('hex') === file.sha256);

  const etag = whole.headers.get('etag') ?? '';
  check('the entity tag is the hash', etag === `"${file.sha256}"`);
  const unchanged = await get({ 'if-none-match': etag });
  check('If-None-Match of the same gives 304', unchanged.status === 304);
  const { start, end } = { start: Math.floor(file.size / 2), end: Math.floor(file.size / 2) + 999_999 };
  const expected = await bytesOf(file.path, start, end);
  const range = `bytes=${start}-${end}`;
  const part = await get({ range });
  check('a range gives 206', part.status === 206);
  check('… and says which', part.headers.get('content-range') === `bytes ${start}-${end}/${file.size}`);
  check('… and its very bytes', expected.equals(Buffer.from(await part.arrayBuffer())));
  const tail = await get({ range: 'bytes=-1000' });
  const last = await bytesOf(file.path, file.size - 1_000, file.size - 1);
  check('a suffix gives the last bytes', last.equals(Buffer.from(await tail.arrayBuffer())));
  const same = await get({ range, 'if-range': etag });
  check('If-Range of the same gives 206', same.status === 206);
  await same.body?.cancel();
  const other = await get({ range, 'if-range': '"another"' });
  check('If-Range of another gives the whole', other.status === 200 && lengthOf(other) === file.size);
  await other.body?.cancel();
  const beyond = await get({ range: `bytes=${file.size}-` });
  check('a range beyond the end gives 416', beyond.status === 416);
  await beyond.body?.cancel();

  const row = {
    what: `${edge}, download`,
    'MB/s': Math.round((file.size / 1_000 / ms) * 10) / 10,
    'control plane, MB': `${before} → ${peak}`,
  };
  return { row, found };
}

async function bytesOf(path: string, start: number, end: number): Promise<Buffer> {
  await using file = await open(path);
  const bytes = Buffer.alloc(end - start + 1);
  await file.read(bytes, 0, bytes.length, start);
  return bytes;
}

function lengthOf({ headers }: Response): number {
  return Number(headers.get('content-length'));
}
