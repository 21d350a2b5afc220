import { readdir, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { joinPath, showName } from './byte-paths.ts';
import { isPicture, isSystemFolder, sortByName } from './sort-files.ts';

/** Deeper folders are most likely a copy of a whole disk. */
const MAX_DEPTH = 8;

export interface FoundFile {
  /** Below the performer's folder. */
  path: Buffer[];
  size: number;
  modifiedMs: number;
}

export interface FoundFiles {
  /** `performer.yaml` in all its spellings, in the folder itself. */
  about: FoundFile[];
  photos: FoundFile[];
  /** Paths, as shown, of photos in formats that are not read. */
  unread: string[];
  /** Paths, as shown, of folders that are left alone: with a `performer.yaml` of their own, or too deep. */
  leftAlone: string[];
}

/**
 * The files of one performer's folder and of the folders in it, in the order of their names, a folder's own before those of
 * deeper ones. Links to files count when they lead to somewhere below `root`; links to folders are not followed, since they
 * could lead to somebody else's.
 *
 * @throws Error of the file system
 */
export async function walkFolder(root: Buffer, folder: Buffer): Promise<FoundFiles> {
  const found: FoundFiles = { about: [], photos: [], unread: [], leftAlone: [] };
  await walk(root, folder, [], found);
  return found;
}

async function walk(root: Buffer, folder: Buffer, below: Buffer[], found: FoundFiles): Promise<void> {
  const here = joinPath(folder, ...below);
  const entries = await readdir(here, { encoding: 'buffer', withFileTypes: true });
  const named = entries.map((entry) => ({ entry, name: showName(entry.name) }));
  named.sort((one, other) => (one.name < other.name ? -1 : 1));
  const isPerformers = named.some(({ name }) => sortByName(name) === 'about');
  if (below.length > MAX_DEPTH || (below.length > 0 && isPerformers)) {
    found.leftAlone.push(below.map(showName).join('/'));
    return;
  }
  const files = named.filter(({ entry }) => !entry.isDirectory());
  const described = await Promise.all(
    files.map(async ({ entry, name }) => {
      const path = joinPath(here, entry.name);
      if (sortByName(name) === 'hidden') return null;
      if (!entry.isFile() && !(await isInside(root, path))) return null;
      return describe(path, name, [...below, entry.name]);
    }),
  );
  for (const each of described.filter((one) => one !== null)) {
    if (each.kind === 'unread') found.unread.push(each.file.path.map(showName).join('/'));
    else found[each.kind].push(each.file);
  }
  for (const { entry, name } of named) {
    if (entry.isDirectory() && !isSystemFolder(name)) await walk(root, folder, [...below, entry.name], found);
  }
}

async function describe(path: Buffer, name: string, below: Buffer[]) {
  const about = await stat(path);
  if (!about.isFile()) return null;
  const file = { path: below, size: about.size, modifiedMs: Math.round(about.mtimeMs) };
  const kind = sortByName(name);
  if (kind === 'about' || kind === 'unread') return { kind, file };
  const isPhoto = kind === 'picture' || (await isPicture(path));
  return isPhoto ? { kind: 'photos' as const, file } : null;
}

/**
 * Whether a path, links followed, is still below `root` (which is a real path); a dangling link is not.
 *
 * @throws Error when the disk does not say, as a share does that has just gone: what is there must not pass for absent
 */
export async function isInside(root: Buffer, path: Buffer): Promise<boolean> {
  const real = await realpath(path, { encoding: 'buffer' }).catch((error: NodeJS.ErrnoException) => {
    if (isAbsence(error)) return null;
    throw error;
  });
  if (real === null) return false;
  const base = root.at(-1) === sep.charCodeAt(0) ? root : Buffer.concat([root, Buffer.from(sep)]);
  return Buffer.concat([real, Buffer.from(sep)])
    .subarray(0, base.length)
    .equals(base);
}

function isAbsence({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'EACCES';
}
