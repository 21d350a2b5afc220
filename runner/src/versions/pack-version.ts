import { createWriteStream } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Artifact, Manifest } from '@trainer/contract/versions';
import { ZipFile } from 'yazl';
import { hashZip } from './unpack-version.ts';
import { verifyVersion } from './verify-version.ts';
import {
  CHECKSUMS,
  DATA_FILES,
  hashFile,
  MANIFEST,
  QUALITY,
  SIGNATURE,
  VersionError,
  ZIP_FILES,
  zipName,
} from './version-files.ts';

/** The files of a finished version that are uploaded. Sidecars load the zip. */
export function artifactNames(version: string): string[] {
  return [zipName(version), MANIFEST, SIGNATURE, QUALITY, CHECKSUMS];
}

export interface PackOptions {
  manifest: Manifest;
  /** Written into the zip as the time of every file. */
  createdAt: Date;
  /** SPKI, PEM: the key that must have signed the manifest. */
  publicKeyPem: string;
  /** Called before each of the two stages. An error that it throws stops the packing. */
  onStage: (stage: 'verify' | 'pack') => void;
}

/**
 * Verifies the files of a version in a folder, packs them and verifies the zip. Only the artifacts remain in the folder.
 *
 * @throws VersionError `not_sound` when the files or the zip fail verification
 */
export async function packVersion(
  dir: string,
  { manifest, createdAt, publicKeyPem, onStage }: PackOptions,
): Promise<Artifact[]> {
  onStage('verify');
  const problems = await verifyVersion(dir, publicKeyPem);
  if (problems.length > 0)
    throw notSound(
      manifest,
      problems.map(({ file, message }) => `${file}: ${message}`),
    );
  onStage('pack');
  await writeZip(dir, manifest.version, createdAt);
  await verifyZip(dir, manifest);
  for (const name of DATA_FILES) await rm(join(dir, name));
  return writeChecksums(dir, manifest.version);
}

/** Packs the version's files at the root of the zip. Indexes are stored uncompressed, because vectors do not compress. */
export async function writeZip(dir: string, version: string, createdAt: Date): Promise<void> {
  const zip = new ZipFile();
  // yazl reports an unreadable file on the zip only. Without this, its output stream would never end.
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

async function verifyZip(dir: string, manifest: Manifest): Promise<void> {
  const found = await hashZip(join(dir, zipName(manifest.version)));
  const expected = [
    ...Object.entries(manifest.checksums),
    [MANIFEST, `sha256:${await hashFile(join(dir, MANIFEST))}`],
  ];
  const wrong = expected
    .filter(([name = '', sum]) => sum !== `sha256:${found.get(name)}`)
    .map(([name]) => name);
  if (wrong.length > 0)
    throw notSound(
      manifest,
      wrong.map((name) => `${name} differs inside the zip`),
    );
}

/** Writes `SHA256SUMS` over the other artifacts in the format of `sha256sum --check`. It comes last and marks the folder as complete. */
async function writeChecksums(dir: string, version: string): Promise<Artifact[]> {
  const names = artifactNames(version).filter((name) => name !== CHECKSUMS);
  const artifacts = await Promise.all(names.map((name) => describeArtifact(dir, name)));
  const lines = artifacts.map(({ name, sha256 }) => `${sha256}  ${name}\n`);
  await writeFile(join(dir, CHECKSUMS), lines.join(''), { flush: true });
  return [...artifacts, await describeArtifact(dir, CHECKSUMS)];
}

async function describeArtifact(dir: string, name: string): Promise<Artifact> {
  const path = join(dir, name);
  return { name, size: (await stat(path)).size, sha256: await hashFile(path) };
}

function notSound({ version }: Manifest, problems: string[]): VersionError {
  return new VersionError(
    'not_sound',
    `Version ${version} was built and failed verification, so it is not published: ${problems.join('; ')}. ` +
      'This is a fault of the program or of the disk. The catalog is unharmed.',
  );
}
