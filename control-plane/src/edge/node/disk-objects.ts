import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type ByteRange,
  type ObjectDigest,
  type ObjectStore,
  type ObjectUpload,
  UploadLost,
  WrongBytes,
} from '../../objects/object-store.ts';
import { keepIdentity } from './file-identity.ts';

/** Read at once from a file, bytes: large enough to keep the disk busy, small enough for many downloads. */
const READ_BYTES = 256 * 1024;

/**
 * Keeps objects as files under `root`. An upload is a sparse file `<key>.<ticket>.partial`, into which every part is
 * written at its place. It becomes `<key>` by a rename after its whole hash was verified, so a crash at any point leaves
 * either something to go on with, or the finished file. Nothing is begun once the folder was deleted or replaced.
 */
export function diskObjects(root: string): ObjectStore {
  const pathOf = (key: string) => join(root, ...segments(key));
  let check: (() => void) | null = null;
  /** The folder is made at its first use, and the same from then on. */
  const requireRoot = async () => {
    if (check) return check();
    await mkdir(root, { recursive: true });
    check = keepIdentity(root);
  };
  const partialOf = ({ key, ticket }: ObjectUpload) => join(root, ...segments(`${key}.${ticket}.partial`));

  return {
    async begin(key) {
      const upload = { key, ticket: randomUUID() };
      await requireRoot();
      await mkdir(dirname(partialOf(upload)), { recursive: true });
      await using _ = await open(partialOf(upload), 'wx');
      return upload.ticket;
    },

    async putPart(upload, part, body) {
      const opened = await open(partialOf(upload), 'r+').catch(nullIfAbsent);
      if (!opened) throw new UploadLost(`${partialOf(upload)} has gone`);
      await using file = opened;
      await writeVerified(file, part, body);
      await file.sync();
      return part.sha256;
    },

    async complete(upload, whole) {
      const path = pathOf(upload.key);
      try {
        await verify(partialOf(upload), whole);
        await rename(partialOf(upload), path);
      } catch (error) {
        // An earlier call has completed the upload, or another one was faster at any point of this.
        if (!(await isThere(path).catch(() => false))) throw error;
      }
      await using directory = await open(dirname(path));
      await directory.sync();
    },

    async abort(upload) {
      await rm(partialOf(upload), { force: true });
      await removeIfEmpty(dirname(partialOf(upload)));
    },

    async read(key, range) {
      const file = await open(pathOf(key)).catch(nullIfAbsent);
      if (!file) return null;
      const { size } = await file.stat();
      return { size, body: streamOf(file, range ?? { start: 0, end: size - 1 }) };
    },

    async delete(keys) {
      for (const path of keys.map(pathOf)) {
        await rm(path, { force: true });
        await removeIfEmpty(dirname(path));
      }
    },

    async check() {
      const probe = join(root, '.probe');
      await requireRoot();
      await using file = await open(probe, 'w');
      await file.write('ok');
      await rm(probe, { force: true });
    },
  };
}

/** Keys are made by the version room out of safe names; this only keeps a mistake there inside the folder. */
function segments(key: string): string[] {
  const names = key.split('/');
  if (names.some((name) => !/^[A-Za-z0-9]/.test(name) || name.includes('\\'))) {
    throw new Error(`"${key}" cannot be an object's key: every segment must begin with a letter or digit`);
  }
  return names;
}

/** Writes the body at the part's place while hashing it; what is wrong stays in the partial file, uncounted. */
async function writeVerified(
  file: FileHandle,
  part: ObjectDigest & { offset: number },
  body: ReadableStream<Uint8Array>,
): Promise<void> {
  const hash = createHash('sha256');
  let written = 0;
  for await (const chunk of body) {
    if (written + chunk.length > part.size) {
      throw new WrongBytes('too-long', `the body is longer than the ${part.size} bytes expected`);
    }
    hash.update(chunk);
    await writeAll(file, chunk, part.offset + written);
    written += chunk.length;
  }
  if (written < part.size) {
    throw new WrongBytes('too-short', `the body ended after ${written} of ${part.size} bytes`);
  }
  expectHash(hash.digest('hex'), part.sha256);
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

async function verify(path: string, whole: ObjectDigest): Promise<void> {
  const opened = await open(path).catch(nullIfAbsent);
  if (!opened) throw new UploadLost(`nothing was uploaded to ${path}`);
  await using file = opened;
  const { size } = await file.stat();
  if (size !== whole.size) {
    throw new WrongBytes(
      size < whole.size ? 'too-short' : 'too-long',
      `${size} of ${whole.size} bytes are there`,
    );
  }
  const hash = createHash('sha256');
  const buffer = new Uint8Array(READ_BYTES);
  for (let position = 0; position < size; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) throw new WrongBytes('too-short', `the file ended at ${position} of ${size} bytes`);
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  expectHash(hash.digest('hex'), whole.sha256);
}

function expectHash(actual: string, expected: string): void {
  if (actual !== expected) throw new WrongBytes('hash', `the sha256 is ${actual}, not ${expected}`);
}

/** Reads when asked and not ahead, so a slow download costs one buffer. */
function streamOf(file: FileHandle, { start, end }: ByteRange): ReadableStream<Uint8Array<ArrayBuffer>> {
  let position = start;
  return new ReadableStream(
    {
      async pull(controller) {
        const buffer = new Uint8Array(Math.min(READ_BYTES, end - position + 1));
        const bytesRead =
          buffer.length === 0 ? 0 : (await file.read(buffer, 0, buffer.length, position)).bytesRead;
        position += bytesRead;
        if (bytesRead > 0) controller.enqueue(buffer.subarray(0, bytesRead));
        if (bytesRead > 0 && position <= end) return;
        await file.close();
        controller.close();
      },
      cancel: () => file.close(),
    },
    { highWaterMark: 0 },
  );
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      nullIfAbsent(error);
      return false;
    },
  );
}

function nullIfAbsent(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}

/** Leaves the folder when another file of the same version is still in it. */
async function removeIfEmpty(directory: string): Promise<void> {
  await rmdir(directory).catch((error: unknown) => {
    const known = error instanceof Error && 'code' in error ? error.code : null;
    if (known !== 'ENOTEMPTY' && known !== 'ENOENT' && known !== 'EEXIST') throw error;
  });
}
