import type { UnchangedImage } from '../catalog/commit-performer.ts';
import type { ImageOutcome } from '../catalog/image-outcome.ts';
import type { ListedImage } from '../sources/source.ts';
import { dropExcludedFaces } from './drop-excluded-faces.ts';
import type { HeldFaces } from './held-faces.ts';
import type { FaceDemands, ImageContext } from './ingest-context.ts';
import { judgeAnalysis } from './judge-analysis.ts';
import { type Look, lookAtImage } from './look-at-image.ts';

export interface GatheredImages {
  images: ImageOutcome[];
  unchanged: UnchangedImage[];
  /** Accepted images that gave no face before. */
  facesAdded: number;
  /** The exclusion of each image that showed an excluded face. */
  exclusions: number[];
  /** Images that were not looked at, because there was no room for more faces. */
  left: ListedImage[];
}

/** What there is to commit where no image was looked at. */
export const nothingGathered: GatheredImages = {
  images: [],
  unchanged: [],
  facesAdded: 0,
  exclusions: [],
  left: [],
};

/**
 * Looks at a performer's `wanted` images, in the source's order, until it has the faces that are wanted. As many are fetched at once
 * as faces are missing, so none is fetched that one after the other would not have needed.
 */
export async function gatherImages(
  wanted: readonly ListedImage[],
  held: HeldFaces,
  context: ImageContext,
  demands: FaceDemands,
): Promise<GatheredImages> {
  const waiting = [...wanted];
  const gathered: GatheredImages = {
    images: [],
    unchanged: [],
    facesAdded: 0,
    exclusions: [],
    left: waiting,
  };
  let room = held.room + waiting.filter((image) => isHeld(image, held)).length;
  while (room > 0 && waiting.length > 0) {
    const batch = waiting.splice(0, room);
    const looks = await Promise.all(
      batch.map((image) => demands.imagesAtOnce(() => lookAtImage(image, held, context, demands))),
    );
    for (const look of looks) room -= take(look, gathered, held, context, demands);
  }
  gathered.facesAdded = gathered.images.filter(
    (image) => image.outcome === 'accepted' && !isHeld(image, held),
  ).length;
  return gathered;
}

/** A face that is held from this very image makes room for what the image gives now. */
function isHeld({ url }: Pick<ListedImage, 'url'>, { known }: HeldFaces): boolean {
  return known.get(url)?.outcome === 'accepted';
}

/** @returns the room that the image takes up, in faces */
function take(
  found: Look,
  gathered: GatheredImages,
  held: HeldFaces,
  { log }: ImageContext,
  demands: FaceDemands,
): 0 | 1 {
  const { embedder } = demands.engine.pack.matching;
  const { look, exclusion } = dropExcludedFaces(found, embedder, demands.excludedBy);
  if (exclusion !== null) gathered.exclusions.push(exclusion);
  if (look.kind === 'unchanged') {
    gathered.unchanged.push(look.image);
    return 0;
  }
  const outcome = look.kind === 'analysed' ? judge(look, gathered, held, demands) : look.outcome;
  if (look.kind === 'outcome' && look.message)
    log.warn(`An image is not used: ${look.message}`, { url: outcome.url });
  gathered.images.push(outcome);
  return outcome.outcome === 'accepted' ? 1 : 0;
}

function judge(
  { analysis, outcome }: Extract<Look, { kind: 'analysed' }>,
  { images }: GatheredImages,
  { vectors }: HeldFaces,
  demands: FaceDemands,
): ImageOutcome {
  const isDouble = images.some(({ sha256, outcome: of }) => of === 'accepted' && sha256 === outcome.sha256);
  if (isDouble) return { ...outcome, outcome: 'rejected', reason: 'duplicate_image' };
  return judgeAnalysis(analysis, outcome, vectors, demands);
}
