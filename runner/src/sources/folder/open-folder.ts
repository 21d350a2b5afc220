import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { messageOf } from '../../logs/message-of.ts';
import type { FetchedImage, ListedImage, ListRequest, Source, SourceEvent } from '../base/source.ts';
import { listFolders, type PerformerFolder, realRoot } from './list-folders.ts';
import { listed } from './phrases.ts';
import { imagePath, readFolder } from './read-folder.ts';
import { isInside } from './walk-folder.ts';

/** A photo from a camera is below 30 MB. */
const MAX_PHOTO_BYTES = 100 * 1024 * 1024;

const cursorSchema = z.object({ after: z.string() });

/** `FOLDER_DIR`: one folder per performer, with photos and an optional `performer.yaml`. */
export function openFolder(directory: string): Source {
  let bytesRead = 0;

  async function* list({ cursor, memory, signal }: ListRequest): AsyncGenerator<SourceEvent> {
    const root = await realRoot(directory);
    const { folders, doubled, flat } = await listFolders(root);
    yield { kind: 'total', performers: folders.length };
    const after = cursorSchema.safeParse(cursor).data?.after ?? '';
    if (after === '') {
      if (flat.length > 0) yield warning(strayPhotos(flat));
      yield* doubled.map(({ folder, reason }) => unreadable(folder, reason));
    }
    for (const each of folders.filter(({ slug }) => slug > after)) {
      signal.throwIfAborted();
      yield* tell(root, each);
    }
    yield* goneSince(new Set(folders.map(({ slug }) => slug)), memory.knownIds());
    yield { kind: 'finished', cursor: null };
  }

  async function* tell(root: Buffer, { folder, name, slug }: PerformerFolder): AsyncGenerator<SourceEvent> {
    try {
      const { performer, warnings } = await readFolder(root, folder, slug);
      yield* warnings.map(warning);
      yield { kind: 'performer', performer, cursor: { after: slug }, scan: null };
    } catch (error) {
      yield unreadable(name, messageOf(error));
    }
  }

  async function readPhoto({ url, revision }: ListedImage): Promise<FetchedImage> {
    const root = await realRoot(directory);
    const path = imagePath(root, url);
    if (!(await isInside(root, path))) return failed('image_missing', 'the photo is gone');
    const { size } = await stat(path);
    if (size > MAX_PHOTO_BYTES)
      return failed('image_not_taken', `the photo is larger than ${MAX_PHOTO_BYTES} bytes`);
    const bytes = await readFile(path);
    bytesRead += bytes.byteLength;
    return { kind: 'fetched', bytes, etag: revision, lastModified: null };
  }

  return {
    id: 'folder',
    list,
    fetchImage: (image) =>
      readPhoto(image).catch((error) =>
        failed('image_unreachable', `the photo cannot be read: ${error.message}`),
      ),
    traffic: () => ({ requests: 0, bytes: bytesRead, waitedMs: 0 }),
    close: async () => {},
  };
}

async function* goneSince(present: Set<string>, known: AsyncIterable<string[]>): AsyncGenerator<SourceEvent> {
  for await (const ids of known) {
    for (const remoteId of ids.filter((id) => !present.has(id)))
      yield { kind: 'removed', remoteId, mergedInto: null };
  }
}

function warning(message: string): SourceEvent {
  return { kind: 'warning', message };
}

function strayPhotos(names: readonly string[]): string {
  return `${listed(names)} in FOLDER_DIR itself belong to nobody: put the photos of each performer into a folder`;
}

function unreadable(folder: string, reason: string): SourceEvent {
  return { kind: 'unreadable', what: `folder ${folder}`, reason };
}

function failed(reason: Extract<FetchedImage, { kind: 'failed' }>['reason'], message: string): FetchedImage {
  return { kind: 'failed', reason, message };
}
