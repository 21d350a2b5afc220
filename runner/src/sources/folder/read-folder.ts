import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { READ_FORMATS } from '../../faces/recognise-format.ts';
import type { ListedImage, ListedPerformer } from '../base/source.ts';
import { decodeName, encodeName, isUtf8, joinPath, showName } from './byte-paths.ts';
import { readPerformerRecord } from './performer-record.ts';
import { listed } from './phrases.ts';
import { type FoundFile, type FoundFiles, walkFolder } from './walk-folder.ts';

const MAX_PERFORMER_FILE_BYTES = 256 * 1024;
const PERFORMER_FILE = 'performer.yaml';

/** The address of a photo in the catalog: it names the file without telling where the folder is. */
function imageUrl(folder: Buffer, file: FoundFile): string {
  return `folder:${[folder, ...file.path].map(encodeName).join('/')}`;
}

/** The path that `imageUrl` stands for, below `root`. */
export function imagePath(root: Buffer, url: string): Buffer {
  return joinPath(
    root,
    ...url
      .replace(/^folder:/, '')
      .split('/')
      .map(decodeName),
  );
}

interface ReadFolder {
  performer: ListedPerformer;
  /** Sentences about what is in the folder and is not read. */
  warnings: string[];
}

/**
 * One performer's folder: its file if it has one, and its photos, judged by content when it is their turn. Hidden files,
 * what is no picture, and what leads out of `root` through a link are left alone.
 *
 * @throws Error that says what is wrong with the folder
 */
export async function readFolder(root: Buffer, folder: Buffer, slug: string): Promise<ReadFolder> {
  const path = joinPath(root, folder);
  const found = await walkFolder(root, path);
  const about = found.about.find((file) => nameOf(file) === PERFORMER_FILE) ?? found.about[0];
  const content = about ? await readAbout(path, about) : '';
  const photos = found.photos.map(({ size, modifiedMs, ...file }) => ({
    name: nameOf(file),
    size,
    modifiedMs,
  }));
  const updated = createHash('sha256')
    .update(JSON.stringify([content, photos]))
    .digest('hex');
  const record = readPerformerRecord(content, showName(folder), about && nameOf(about));
  return {
    performer: {
      record: { ...record, remoteId: slug, updated },
      images: found.photos.map((photo) => asImage(folder, photo)),
      isWhole: true,
    },
    warnings: warn(folder, found, about),
  };
}

async function readAbout(path: Buffer, about: FoundFile): Promise<string> {
  if (about.size > MAX_PERFORMER_FILE_BYTES) throw new Error(`${nameOf(about)} is larger than 256 KiB`);
  return readText(await readFile(joinPath(path, ...about.path)));
}

function warn(folder: Buffer, found: FoundFiles, about: FoundFile | undefined): string[] {
  const { unread, leftAlone } = found;
  const further = found.about.filter((file) => file !== about).map(nameOf);
  const used = about ? nameOf(about) : '';
  const sentences = [
    ...(isUtf8(folder)
      ? []
      : ['its name is not UTF-8 and was read as Windows-1252; rename it if that is wrong']),
    ...(further.length > 0 ? [`only ${used} is read, and ${listed(further)} is not`] : []),
    ...(unread.length > 0 ? [`${listed(unread)} cannot be read; pictures must be ${READ_FORMATS}`] : []),
    ...(leftAlone.length > 0
      ? [
          `${listed(leftAlone)} is not read, because it is more than 8 folders deep or holds a performer.yaml of its own; folders of performers belong directly into FOLDER_DIR`,
        ]
      : []),
  ];
  return sentences.map((sentence) => `folder ${showName(folder)}: ${sentence}`);
}

/** As it is written, and encoded where that would lose bytes. */
function nameOf({ path }: Pick<FoundFile, 'path'>): string {
  return path.map((name) => (isUtf8(name) ? name.toString('utf8') : encodeName(name))).join('/');
}

function asImage(folder: Buffer, photo: FoundFile): ListedImage {
  const revision = `${photo.modifiedMs}-${photo.size}`;
  return { url: imageUrl(folder, photo), widthPx: null, heightPx: null, revision };
}

/**
 * A text file of whatever program wrote it: UTF-8, UTF-16 with or without a byte order mark (Notepad, PowerShell), and
 * Windows-1252 where it is neither. The mark is left out.
 */
export function readText(bytes: Buffer): string {
  const encoding = utf16Of(bytes);
  if (encoding) return new TextDecoder(encoding).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Without a mark, a zero in the place of every first or second byte of the beginning tells which one it is. */
function utf16Of(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === undefined || fourth === undefined) return null;
  if (second === 0 && fourth === 0 && first !== 0) return 'utf-16le';
  return first === 0 && third === 0 && second !== 0 ? 'utf-16be' : null;
}
