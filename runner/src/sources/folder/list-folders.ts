import { readdir, realpath, stat } from 'node:fs/promises';
import { SourceBlocked } from '../../http/request-errors.ts';
import { joinPath, showName } from './byte-paths.ts';
import { folderSlug } from './performer-record.ts';
import { counted } from './phrases.ts';
import { isSystemFolder, sortByName } from './sort-files.ts';
import { isInside } from './walk-folder.ts';

/** The folder, links followed. @throws SourceBlocked when it is not there */
export async function realRoot(directory: string): Promise<Buffer> {
  try {
    return await realpath(directory, { encoding: 'buffer' });
  } catch (cause) {
    throw new SourceBlocked(
      `FOLDER_DIR (${directory}) cannot be read: is it mounted, and may the runner read it?`,
      { cause },
    );
  }
}

export interface PerformerFolder {
  folder: Buffer;
  /** As it is shown. */
  name: string;
  slug: string;
}

export interface FolderList {
  /** In the order of their slugs, which the cursor counts in. */
  folders: PerformerFolder[];
  /** Those that cannot have a slug of their own. */
  doubled: { folder: string; reason: string }[];
  /** Names of photos that lie in the folder itself and so belong to nobody. */
  flat: string[];
}

/** @throws SourceBlocked when there is no performer's folder */
export async function listFolders(root: Buffer): Promise<FolderList> {
  const { names, flat } = await readRoot(root);
  const taken = new Map<string, PerformerFolder>();
  const doubled: FolderList['doubled'] = [];
  for (const { folder, name } of names) {
    const slug = folderSlug(name);
    const other = taken.get(slug);
    if (slug === '') {
      doubled.push({ folder: name, reason: 'its name has no letter or digit to make an id of' });
    } else if (other) {
      doubled.push({
        folder: name,
        reason: `its id ${slug} is that of folder ${other.name} already; rename one`,
      });
    } else taken.set(slug, { folder, name, slug });
  }
  // An unmounted disk looks like an empty folder, and must not delete everybody.
  if (taken.size === 0) throw new SourceBlocked(whyNobody(root, flat.length));
  const folders = [...taken.values()].sort((a, b) => (a.slug < b.slug ? -1 : 1));
  return { folders, doubled, flat };
}

async function readRoot(root: Buffer) {
  const entries = await readdir(root, { encoding: 'buffer', withFileTypes: true }).catch((cause: Error) => {
    throw new SourceBlocked(`FOLDER_DIR (${showName(root)}) cannot be read: ${cause.message}`, { cause });
  });
  const described = await Promise.all(
    entries.map(async (entry) => {
      const name = showName(entry.name);
      const isLink = !entry.isDirectory() && !entry.isFile();
      const isFolder = isLink ? await leadsToFolder(root, entry.name) : entry.isDirectory();
      return { folder: entry.name, name, isFolder };
    }),
  );
  described.sort((one, other) => (one.name < other.name ? -1 : 1));
  const isPhoto = (name: string) => ['picture', 'unread'].includes(sortByName(name));
  return {
    names: described.filter(({ name, isFolder }) => isFolder && !isSystemFolder(name)),
    flat: described.filter(({ name, isFolder }) => !isFolder && isPhoto(name)).map(({ name }) => name),
  };
}

async function leadsToFolder(root: Buffer, name: Buffer): Promise<boolean> {
  const path = joinPath(root, name);
  return (await isInside(root, path)) && (await stat(path)).isDirectory();
}

function whyNobody(root: Buffer, flat: number): string {
  const found = flat === 0 ? '' : `, and the ${counted(flat, 'photo')} in it belong to nobody`;
  return `FOLDER_DIR (${showName(root)}) holds no folders${found}: put one per performer there, with photos in it`;
}
