import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { list } from 'tar';
import { type Entry, open, type ZipFile } from 'yauzl';
import { PackError } from './pack-error.ts';

/** Where a member of an archive goes. */
export interface MemberTarget {
  member: string;
  path: string;
}

/**
 * Writes the named members of a zip, and nothing else of it.
 *
 * @throws PackError `wrong_hash` when a member is not in the archive
 */
export async function extractFromZip(archive: string, targets: MemberTarget[]): Promise<void> {
  const zip = await openZip(archive);
  const written = new Set<string>();
  for await (const entry of entriesOf(zip)) {
    const target = targets.find((one) => matches(entry.fileName, one.member));
    if (!target) continue;
    await pipeline(await openEntry(zip, entry), createWriteStream(target.path));
    written.add(target.member);
  }
  zip.close();
  requireAll(archive, targets, written);
}

/**
 * Writes the named members of a gzipped tarball, and nothing else of it.
 *
 * @throws PackError `wrong_hash` when a member is not in the archive
 */
export async function extractFromTarball(archive: string, targets: MemberTarget[]): Promise<void> {
  const writes: Promise<void>[] = [];
  const written = new Set<string>();
  // A write may fail while the archive is still being read, which then waits for it for ever.
  const failed = Promise.withResolvers<never>();
  const listed = list({
    file: archive,
    onReadEntry: (entry) => {
      const target = targets.find((one) => one.member === entry.path);
      if (!target) return entry.resume();
      const write = pipeline(entry, createWriteStream(target.path));
      write.catch(failed.reject);
      writes.push(write);
      written.add(target.member);
    },
  });
  await Promise.race([listed, failed.promise]);
  await Promise.all(writes);
  requireAll(archive, targets, written);
}

function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) =>
    open(path, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      // A file that cannot be closed any more is no reason to end the program.
      zip.on('error', () => {});
      resolve(zip);
    }),
  );
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (let read = 0; read < zip.entryCount; read++) {
    const entry = once(zip, 'entry');
    zip.readEntry();
    const [next]: Entry[] = await entry;
    if (next) yield next;
  }
}

function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) =>
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream))),
  );
}

/** Some copies of the InsightFace archives hold their files inside a folder of the archive's name. */
function matches(entryName: string, member: string): boolean {
  return entryName === member || entryName.endsWith(`/${member}`);
}

function requireAll(archive: string, targets: MemberTarget[], written: Set<string>): void {
  const lacking = targets.filter((target) => !written.has(target.member)).map((target) => target.member);
  if (lacking.length === 0) return;
  throw new PackError(
    'wrong_hash',
    `${archive} holds no ${lacking.join(', ')}: it is not the archive this pack expects.`,
  );
}
