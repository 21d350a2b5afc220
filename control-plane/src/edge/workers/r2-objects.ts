import {
  type ObjectDigest,
  type ObjectPart,
  type ObjectStore,
  type PartReceipt,
  UploadLost,
  WrongBytes,
} from '../../objects/object-store.ts';
import type { Bindings } from './bindings.ts';
import { digestOf } from './digester.ts';

/** So many keys R2 takes at once (its Workers API). */
const KEYS_PER_DELETE = 1_000;
/** R2's code for a multipart upload that is not there. */
const NO_SUCH_UPLOAD = '(10024)';
/** Its codes for one that cannot be completed any more: a part is not there, or the parts are not of one size. */
const SPOILED = ['(10025)', '(10048)'];

/**
 * Keeps objects in R2. An upload is one of R2's multipart uploads: the ticket is its id, a receipt the part's entity
 * tag. R2 itself drops what was begun and forgotten after a week.
 */
export function r2Objects({ R2, DIGESTER }: Pick<Bindings, 'R2' | 'DIGESTER'>): ObjectStore {
  const digestWhole = (key: string) => DIGESTER.getByName(key).digest(key);

  return {
    async begin(key) {
      return (await R2.createMultipartUpload(key)).uploadId;
    },

    async putPart({ key, ticket }, part, body) {
      const upload = R2.resumeMultipartUpload(key, ticket);
      const { stream, verified } = verifying(part, body);
      // A part whose hash turns out wrong is never given a receipt for, and the right one replaces it.
      const [uploaded] = await Promise.all([
        upload.uploadPart(part.number, stream).catch(async (error: unknown) => {
          // A part that is refused unread would be waited for until somebody reads it; one under way is locked, and ends by itself.
          await stream.cancel(error).catch(() => {});
          // A body of the wrong length breaks the upload; the reason is what the caller can act upon.
          await verified;
          throw lost(error) ?? error;
        }),
        verified,
      ]);
      return uploaded.etag;
    },

    async complete({ key, ticket }, whole, receipts) {
      await completeOnce(R2, key, ticket, receipts);
      const found = await digestWhole(key);
      if (!found) throw new UploadLost(`R2 has neither the upload nor the object ${key}`);
      const flaw = flawOf(found, whole);
      if (!flaw) return;
      await R2.delete(key);
      throw flaw;
    },

    async abort({ key, ticket }) {
      await R2.resumeMultipartUpload(key, ticket)
        .abort()
        .catch((error: unknown) => {
          if (!isCode(error, NO_SUCH_UPLOAD)) throw error;
        });
    },

    async read(key, range) {
      const wanted = range && { range: { offset: range.start, length: range.end - range.start + 1 } };
      const object = await R2.get(key, wanted);
      return object && { size: object.size, body: object.body };
    },

    async delete(keys) {
      for (let from = 0; from < keys.length; from += KEYS_PER_DELETE) {
        await R2.delete(keys.slice(from, from + KEYS_PER_DELETE));
      }
    },

    async check() {
      // A read only: anybody may ask for it, and R2 counts writes.
      await R2.head('probe');
    },
  };
}

/** R2 refuses to complete twice; then the object is there, and is verified again. */
async function completeOnce(
  bucket: R2Bucket,
  key: string,
  ticket: string,
  receipts: readonly PartReceipt[],
): Promise<void> {
  const parts = receipts.map(({ number, receipt }) => ({ partNumber: number, etag: receipt }));
  try {
    await bucket.resumeMultipartUpload(key, ticket).complete(parts);
  } catch (error) {
    if (isCode(error, NO_SUCH_UPLOAD) && (await bucket.head(key))) return;
    throw lost(error) ?? error;
  }
}

/** Passes a part's bytes on while they are counted and hashed; nothing is held. */
function verifying(part: ObjectPart, body: ReadableStream<Uint8Array>) {
  // R2 wants to know the length before the first byte. Whether it was kept to is judged by what was hashed.
  const { readable, writable } = new FixedLengthStream(part.size);
  const verified = digestOf(body, writable).then((found) => {
    const flaw = flawOf(found, part);
    if (flaw) throw flaw;
  });
  return { stream: readable, verified };
}

function flawOf(found: ObjectDigest, whole: ObjectDigest): WrongBytes | null {
  if (found.size < whole.size) {
    return new WrongBytes('too-short', `it ended after ${found.size} of ${whole.size} bytes`);
  }
  if (found.size > whole.size) {
    return new WrongBytes('too-long', `it is longer than the ${whole.size} bytes expected`);
  }
  if (found.sha256 === whole.sha256) return null;
  return new WrongBytes('hash', `the sha256 is ${found.sha256}, not ${whole.sha256}`);
}

function lost(error: unknown): UploadLost | null {
  if (![NO_SUCH_UPLOAD, ...SPOILED].some((code) => isCode(error, code))) return null;
  return new UploadLost('R2 no longer has the parts', { cause: error });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.includes(code);
}
