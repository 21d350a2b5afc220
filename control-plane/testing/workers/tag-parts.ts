import { hexOf } from '../../src/edge/workers/digester.ts';

/** Of an upload (developers.cloudflare.com/r2/platform/limits). */
const MOST_PARTS = 10_000;

interface StoredPart {
  md5: string;
  /** As Miniflare has it. */
  etag: string;
}

/** Of all uploads, by their id and the part's number. */
const stored = new Map<string, StoredPart>();
const nameOf = (uploadId: string, number: number) => `${uploadId} ${number}`;

/**
 * A bucket whose parts have the entity tags that R2 gives them: the MD5 of their bytes (developers.cloudflare.com/r2/
 * objects/multipart-objects), so that a part which comes twice is the same part. Miniflare gives each a new one.
 */
export function taggingParts(bucket: R2Bucket): R2Bucket {
  return new Proxy(bucket, {
    get(_, name) {
      if (name === 'resumeMultipartUpload') {
        return (key: string, id: string) => taggingUpload(bucket.resumeMultipartUpload(key, id));
      }
      const member: unknown = Reflect.get(bucket, name);
      return typeof member === 'function' ? member.bind(bucket) : member;
    },
  });
}

function taggingUpload(upload: R2MultipartUpload): R2MultipartUpload {
  const { key, uploadId } = upload;
  return {
    key,
    uploadId,
    abort: () => upload.abort(),
    async uploadPart(partNumber, value) {
      if (!(value instanceof ReadableStream)) throw new TypeError('Parts come as streams');
      // As R2 does it: before anything of the body is read.
      if (partNumber > MOST_PARTS) throw new RangeError(`Part number must be between 1 and ${MOST_PARTS}`);
      const hash = new crypto.DigestStream('MD5');
      const [hashed, passed] = value.tee();
      const [{ etag }] = await Promise.all([upload.uploadPart(partNumber, passed), hashed.pipeTo(hash)]);
      const md5 = hexOf(await hash.digest);
      stored.set(nameOf(uploadId, partNumber), { md5, etag });
      return { partNumber, etag: md5 };
    },
    complete: (parts) =>
      upload.complete(
        parts.map(({ partNumber, etag }) => {
          const part = stored.get(nameOf(uploadId, partNumber));
          return { partNumber, etag: part?.md5 === etag ? part.etag : etag };
        }),
      ),
  };
}
