import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

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
