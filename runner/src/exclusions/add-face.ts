import { createHash } from 'node:crypto';
import type { CatalogWriter } from '../catalog/writer.ts';
import type { FaceEngine, QualityPolicy } from '../faces/engine.ts';
import { packKey } from '../models/pack.ts';
import { keepExcludedFace } from './excluded-faces.ts';

/** A photo that somebody sends in need not be as good as one that others are recognised by. */
const LENIENT: QualityPolicy = {
  minImagePx: 60,
  minFacePx: 40,
  minConfidence: 0.5,
  maxYawDegrees: 60,
  singleFaceOnly: true,
  embed: true,
};

/** The photo cannot serve as an exclusion's. The message says what to do. */
export class UnusablePhoto extends Error {
  override readonly name = 'UnusablePhoto';
}

/**
 * The face on a photo as one pack sees it: `[512]`, of the pack's matching embedder.
 *
 * @throws UnusablePhoto when there is not exactly one usable face on it, ImageError when it is no picture
 */
export async function readExcludedFace(photo: Uint8Array, engine: FaceEngine): Promise<Float32Array> {
  const { reason, faces } = await engine.analyse(photo, LENIENT);
  const usable = faces.filter(({ rejection }) => rejection === null);
  const vector = usable[0]?.embeddings[engine.pack.matching.embedder];
  if (usable.length === 1 && vector) return vector;
  const why = reason ?? faces[0]?.rejection ?? 'no_face';
  throw new UnusablePhoto(
    `The photo cannot be used with the model pack ${engine.pack.id} (${why.replaceAll('_', ' ')}): give one that shows the ` +
      'face of this person alone, from the front and large enough.',
  );
}

/**
 * Makes the face of an exclusion from a photo, once for each engine, and keeps the vectors in the catalog; the photo is not
 * kept. The fingerprint names them, is the same for the same photo and catalog, and says nothing to who has not the photo.
 */
export async function addExcludedFace(
  photo: Uint8Array,
  {
    catalog,
    engines,
  }: {
    catalog: CatalogWriter;
    engines: AsyncIterable<FaceEngine> | Iterable<FaceEngine>;
  },
): Promise<{ fingerprint: string; packs: string[]; isNew: boolean }> {
  const vectors = new Map<string, Float32Array>();
  for await (const engine of engines) {
    vectors.set(packKey(engine.pack), await readExcludedFace(photo, engine));
  }
  const fingerprint = createHash('sha256').update(`${catalog.id}\n`).update(photo).digest('hex');
  const isNew = await keepExcludedFace(catalog, fingerprint, vectors);
  return { fingerprint, packs: [...vectors.keys()], isNew };
}
