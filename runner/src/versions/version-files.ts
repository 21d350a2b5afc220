import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { versionNumber } from '@trainer/contract/versions';

/** Files of a v1 version that its manifest has a checksum of, in the order in which they are packed. */
export const DATA_FILES = [
  'performers.db',
  'face_facenet.voy',
  'face_arcface.voy',
  'faces.json',
  'performers.json',
] as const;

export const INDEX_FILES = ['face_facenet.voy', 'face_arcface.voy'] as const;
export type IndexFile = (typeof INDEX_FILES)[number];

export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.json.sig';
export const QUALITY = 'quality.json';
export const CHECKSUMS = 'SHA256SUMS';

/** Everything at the root of the zip; the sidecar ignores the quality report. */
export const ZIP_FILES = [...DATA_FILES, MANIFEST, QUALITY];

export function zipName(version: string): string {
  return `stash-sense-${version}.zip`;
}

/** sha256 of a file as 64 lower-case hex digits. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}

const versionErrorCodes = {
  no_faces: 'the catalog holds nothing that a version could be made of',
  broken_vector: 'a face of the catalog has a vector that is no direction',
  not_sound: 'the version was built and does not hold together',
  not_readable: 'what should be a version cannot be read as one',
} as const;
type VersionErrorCode = keyof typeof versionErrorCodes;

export class VersionError extends Error {
  override readonly name = 'VersionError';
  readonly code: VersionErrorCode;

  constructor(code: VersionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * The number of the next version: the day (UTC) as `YYYY.MM.DD`, then `.1` to `.9` for more on that day, then
 * the day after. It sorts after `latest` as plain text, which is all that sidecars compare, also when the clock
 * has gone back.
 * @throws Error when `latest` is not such a number.
 */
export function nextVersion(latest: string | null, today: Date): string {
  const day = dayOf(today);
  if (latest === null) return day;
  if (!versionNumber.safeParse(latest).success) {
    throw new Error(`The latest version is called "${latest}", expected YYYY.MM.DD or YYYY.MM.DD.N`);
  }
  if (day > latest) return day;
  const [latestDay, suffix] = [latest.slice(0, 10), Number(latest.slice(11))];
  return suffix < 9 ? `${latestDay}.${suffix + 1}` : dayAfter(latestDay);
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10).replaceAll('-', '.');
}

function dayAfter(day: string): string {
  const date = new Date(`${day.replaceAll('.', '-')}T00:00:00Z`);
  return dayOf(new Date(date.getTime() + 24 * 60 * 60 * 1000));
}
