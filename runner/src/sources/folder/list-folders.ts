import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceBlocked } from '../errors.ts';
import { folderSlug } from './performer-record.ts';
import { isInside } from './read-folder.ts';

/** The folder, links followed. @throws SourceBlocked when it is not there */
export async function realRoot(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch (cause) {
    throw new SourceBlocked(
      `FOLDER_DIR (${directory}) cannot be read: is it mounted, and may the runner read it?`,
      { cause },
    );
  }
}

interface PerformerFolder {
  folder: string;
  slug: string;
}

/**
 * Folders in the order of their slugs, which the cursor counts in; and those that cannot have a slug of their own.
 *
 * @throws SourceBlocked when there is none
 */
export async function listFolders(root: string) {
  const entries = await readdir(root, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.name.startsWith('.')).map((entry) => entry.name);
  const inside = await Promise.all(names.map((name) => isFolder(root, name)));
  const taken = new Map<string, PerformerFolder>();
  const doubled: { folder: string; reason: string }[] = [];
  for (const folder of names.filter((_, i) => inside[i]).sort()) {
    const slug = folderSlug(folder);
    const other = taken.get(slug);
    if (slug === '') doubled.push({ folder, reason: 'its name has no letter or digit to make an id of' });
    else if (other)
      doubled.push({
        folder,
        reason: `its id ${slug} is that of folder ${other.folder} already; rename one`,
      });
    else taken.set(slug, { folder, slug });
  }
  // An unmounted disk looks like an empty folder, and must not delete everybody.
  if (taken.size === 0) {
    throw new SourceBlocked(
      `FOLDER_DIR (${root}) holds no folders: put one per performer there, with photos in it`,
    );
  }
  const folders = [...taken.values()].sort((a, b) => (a.slug < b.slug ? -1 : 1));
  return { folders, doubled };
}

async function isFolder(root: string, name: string): Promise<boolean> {
  const path = join(root, name);
  return (await isInside(root, path)) && (await stat(path)).isDirectory();
}
