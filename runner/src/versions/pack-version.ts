import { createWriteStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Artifact } from '@trainer/contract/versions';
import { ZipFile } from 'yazl';
import { CHECKSUMS, hashFile, MANIFEST, QUALITY, SIGNATURE, ZIP_FILES, zipName } from './version-files.ts';

/** The files of a finished version that are uploaded; the zip is the one that sidecars load. */
export function artifactNames(version: string): string[] {
  return [zipName(version), MANIFEST, SIGNATURE, QUALITY, CHECKSUMS];
}

/** Packs the version's files, all at the root of the zip. Indexes are stored as they are: vectors do not shrink. */
export async function writeZip(dir: string, version: string, createdAt: Date): Promise<void> {
  const zip = new ZipFile();
  // A file that is missing or cannot be read is an event of the zip, and not of its stream, which would wait for ever.
  zip.on('error', (error: Error) => zip.outputStream.emit('error', error));
  for (const name of ZIP_FILES) {
    zip.addFile(join(dir, name), name, {
      mtime: createdAt,
      mode: 0o100644,
      compress: !name.endsWith('.voy'),
    });
  }
  zip.end();
  const out = createWriteStream(join(dir, zipName(version)), { flush: true });
  await pipeline(zip.outputStream, out);
}

/** `SHA256SUMS` over the other artifacts, as `sha256sum --check` reads it; written last, it says "complete". */
export async function writeChecksums(dir: string, version: string): Promise<Artifact[]> {
  const names = artifactNames(version).filter((name) => name !== CHECKSUMS);
  const artifacts = await Promise.all(names.map((name) => describe(dir, name)));
  const lines = artifacts.map(({ name, sha256 }) => `${sha256}  ${name}\n`);
  await writeFile(join(dir, CHECKSUMS), lines.join(''), { flush: true });
  return [...artifacts, await describe(dir, CHECKSUMS)];
}

async function describe(dir: string, name: string): Promise<Artifact> {
  const path = join(dir, name);
  return { name, size: (await stat(path)).size, sha256: await hashFile(path) };
}
