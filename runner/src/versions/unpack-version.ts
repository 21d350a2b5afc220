import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { VersionError } from './version-error.ts';
import { ZIP_FILES } from './version-files.ts';

const openZip = promisify<string, yauzl.Options, ZipFile>(yauzl.open);

/** Unpacks a version's files into a folder. Files that are no part of a version are left alone. */
export async function unpackVersion(zipPath: string, dir: string): Promise<void> {
  await eachFile(zipPath, (name, content) => pipeline(content, createWriteStream(join(dir, name))));
}

/** sha256 of every file of a version inside its zip, as 64 hex digits. */
export async function hashZip(zipPath: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  await eachFile(zipPath, async (name, content) => {
    const hash = createHash('sha256');
    await pipeline(content, hash);
    hashes.set(name, hash.digest('hex'));
  });
  return hashes;
}

async function eachFile(
  path: string,
  use: (name: string, content: Readable) => Promise<void>,
): Promise<void> {
  const zip = await openZip(path, { lazyEntries: true, autoClose: false }).catch((cause) => {
    throw new VersionError('not_readable', `${path} is not a zip file that can be read: ${cause.message}`, {
      cause,
    });
  });
  // Between two entries too an error that nothing listens to would end the program.
  zip.on('error', () => {});
  try {
    const openEntry = promisify<Entry, Readable>(zip.openReadStream.bind(zip));
    for await (const entry of entries(zip)) {
      if (ZIP_FILES.includes(entry.fileName)) await use(entry.fileName, await openEntry(entry));
    }
  } finally {
    zip.close();
  }
}

async function* entries(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const { promise, resolve, reject } = Promise.withResolvers<Entry | null>();
    const end = () => resolve(null);
    zip.once('entry', resolve);
    zip.once('end', end);
    zip.once('error', reject);
    zip.readEntry();
    const entry = await promise.finally(() => {
      zip.off('entry', resolve);
      zip.off('end', end);
      zip.off('error', reject);
    });
    if (!entry) return;
    yield entry;
  }
}
