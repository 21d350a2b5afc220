import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { limits } from '@trainer/contract/limits';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { VersionError, ZIP_FILES } from './version-files.ts';

/**
 * So much larger than its packed form a file may be. Databases and vectors pack to a third at best; deflate makes a thousandth of
 * zeros.
 */
const MAX_RATIO = 100;
/** Small files may be anything: an empty quality report packs well, bytes. */
const RATIO_FROM_BYTES = 1024 * 1024;

const openZip = promisify<string, yauzl.Options, ZipFile>(yauzl.open);

/**
 * Unpacks a version's files into a folder. Files that are no part of a version are left alone. What the zip says of their sizes is
 * looked at before anything is written, and held to while they are unpacked.
 *
 * @throws {VersionError} `not_readable` when a file unpacks to more than a version may hold, or than there is room for
 */
export async function unpackVersion(
  zipPath: string,
  dir: string,
  names: readonly string[] = ZIP_FILES,
): Promise<void> {
  await refuseLarge(zipPath, dir, names);
  await eachFile(zipPath, names, (name, content) => pipeline(content, createWriteStream(join(dir, name))));
}

/** sha256 of every file of a version inside its zip, as 64 hex digits. */
export async function hashZip(zipPath: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  await eachFile(zipPath, ZIP_FILES, async (name, content) => {
    const hash = createHash('sha256');
    await pipeline(content, hash);
    hashes.set(name, hash.digest('hex'));
  });
  return hashes;
}

async function refuseLarge(path: string, dir: string, wanted: readonly string[]): Promise<void> {
  const refuse = (why: string) => {
    throw new VersionError('not_readable', `${path} is not unpacked: ${why}`);
  };
  const names = new Set<string>();
  let total = 0;
  await eachEntry(path, wanted, async ({ fileName: name, compressedSize, uncompressedSize }) => {
    if (names.has(name)) refuse(`it holds ${name} twice`);
    names.add(name);
    total += uncompressedSize;
    if (uncompressedSize > limits.artifactMaxBytes) {
      refuse(`${name} has ${uncompressedSize} bytes, and ${limits.artifactMaxBytes} is the most of any file`);
    }
    if (uncompressedSize > RATIO_FROM_BYTES && uncompressedSize > MAX_RATIO * compressedSize) {
      refuse(
        `${name} grows from ${compressedSize} to ${uncompressedSize} bytes, as no file of a version does`,
      );
    }
  });
  const { bavail, bsize } = await statfs(dir);
  if (total > bavail * bsize) {
    refuse(
      `its files have ${total} bytes, and ${dir} has room for ${bavail * bsize}. Set TMPDIR to a folder with more`,
    );
  }
}

async function eachFile(
  path: string,
  wanted: readonly string[],
  use: (name: string, content: Readable) => Promise<void>,
): Promise<void> {
  await eachEntry(path, wanted, async (entry, open) => use(entry.fileName, await open()));
}

/** yauzl ends a file with an error as soon as it has more bytes than its entry says. */
async function eachEntry(
  path: string,
  wanted: readonly string[],
  use: (entry: Entry, open: () => Promise<Readable>) => Promise<void>,
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
      if (wanted.includes(entry.fileName)) await use(entry, () => openEntry(entry));
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
