import { readdir } from 'node:fs/promises';
import type { Clock } from '../../http/clock.ts';
import { messageOf } from '../../logs/message-of.ts';
import { joinPath, showName } from './byte-paths.ts';
import { type FolderList, listFolders, realRoot } from './list-folders.ts';
import { counted } from './phrases.ts';
import { isSystemFolder, sortByName } from './sort-files.ts';

/** Folders in which photos are counted: enough to see that it is the right disk, and few enough for a slow one. */
const MAX_COUNTED_FOLDERS = 500;

/** Counting wakes disks that sleep. */
const LIFETIME_MS = 600_000;

export interface Survey {
  /** Why nobody can be read from it, or null. */
  reason: string | null;
  /** What there is: "12 performers, 340 photos". */
  note: string | null;
}

/** What a run would find in `FOLDER_DIR`, by the names of folders and files alone. */
export async function surveyFolder(directory: string): Promise<Survey> {
  try {
    const root = await realRoot(directory);
    const found = await listFolders(root);
    return { reason: null, note: await describe(root, found) };
  } catch (error) {
    return { reason: messageOf(error), note: null };
  }
}

/** As `surveyFolder`; what there is holds for 10 minutes, and a folder that cannot be used is looked at again every time. */
export function createSurvey(clock: Pick<Clock, 'now'>): (directory: string) => Promise<Survey> {
  let known: { at: number; directory: string; survey: Survey } | null = null;
  return async (directory) => {
    if (known?.directory === directory && clock.now() - known.at < LIFETIME_MS) return known.survey;
    const survey = await surveyFolder(directory);
    known = survey.reason === null ? { at: clock.now(), directory, survey } : null;
    return survey;
  };
}

async function describe(root: Buffer, { folders, flat }: FolderList): Promise<string> {
  let photos = 0;
  for (const { folder } of folders.slice(0, MAX_COUNTED_FOLDERS)) photos += await countPhotos(root, folder);
  const more = folders.length > MAX_COUNTED_FOLDERS ? 'more than ' : '';
  const outside =
    flat.length > 0
      ? `; ${counted(flat.length, 'photo')} outside of their folders, which belong to nobody`
      : '';
  return `${counted(folders.length, 'performer')}, ${more}${counted(photos, 'photo')}${outside}`;
}

/** A folder that cannot be read is said when the run meets it. */
async function countPhotos(root: Buffer, folder: Buffer): Promise<number> {
  const entries = await readdir(joinPath(root, folder), { encoding: 'buffer', withFileTypes: true }).catch(
    () => [],
  );
  let photos = 0;
  for (const entry of entries) {
    const name = showName(entry.name);
    if (!entry.isDirectory()) photos += Number(sortByName(name) === 'picture');
    else if (!isSystemFolder(name)) photos += await countPhotos(root, joinPath(folder, entry.name));
  }
  return photos;
}
