import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ListedImage, ListedPerformer } from '../source.ts';
import { readPerformerRecord } from './performer-record.ts';

const PERFORMER_FILE = 'performer.yaml';
const MAX_PERFORMER_FILE_BYTES = 256 * 1024;

/** The address of a photo in the catalog: it names the file without telling where the folder is. */
export function imageUrl(folder: string, file: string): string {
  return `folder:${encodeURIComponent(folder)}/${encodeURIComponent(file)}`;
}

/** The path that `imageUrl` stands for, below `root`. */
export function imagePath(root: string, url: string): string {
  const [folder = '', file = ''] = url.replace(/^folder:/, '').split('/');
  return join(root, decodeURIComponent(folder), decodeURIComponent(file));
}

/**
 * One performer's folder: its file if it has one, and every other file as a photo, judged by content when it is its turn.
 * Hidden files and what leads out of `root` through a link are left alone.
 *
 * @throws Error that says what is wrong with the folder
 */
export async function readFolder(root: string, folder: string, slug: string): Promise<ListedPerformer> {
  const path = join(root, folder);
  const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
  const files = await Promise.all(names.map((name) => describeFile(root, path, name)));
  const found = files.filter((file) => file !== null);
  const about = found.find(({ name }) => name === PERFORMER_FILE);
  const photos = found.filter(({ name }) => name !== PERFORMER_FILE);
  if (about && about.size > MAX_PERFORMER_FILE_BYTES)
    throw new Error('performer.yaml is larger than 256 KiB');
  const content = about ? await readFile(join(path, about.name), 'utf8') : '';
  const updated = createHash('sha256')
    .update(JSON.stringify([content, photos]))
    .digest('hex');
  return {
    record: { ...readPerformerRecord(content, folder), remoteId: slug, updated },
    images: photos.map((photo) => asImage(folder, photo)),
    isWhole: true,
  };
}

interface FoundFile {
  name: string;
  size: number;
  modifiedMs: number;
}

async function describeFile(root: string, folder: string, name: string): Promise<FoundFile | null> {
  const path = join(folder, name);
  if (!(await isInside(root, path))) return null;
  const found = await stat(path);
  return found.isFile() ? { name, size: found.size, modifiedMs: Math.round(found.mtimeMs) } : null;
}

/**
 * Whether a path, links followed, is still below `root` (which is a real path); a dangling link is not.
 *
 * @throws Error when the disk does not say, as a share does that has just gone: what is there must not pass for absent
 */
export async function isInside(root: string, path: string): Promise<boolean> {
  const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (isAbsence(error)) return null;
    throw error;
  });
  return `${real ?? ''}${sep}`.startsWith(root.endsWith(sep) ? root : root + sep);
}

function isAbsence({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'EACCES';
}

function asImage(folder: string, { name, size, modifiedMs }: FoundFile): ListedImage {
  return { url: imageUrl(folder, name), widthPx: null, heightPx: null, revision: `${modifiedMs}-${size}` };
}
