import type { ImageOutcome } from '../catalog/image-outcome.ts';
import type { UnchangedImage } from '../commit/commit-performer.ts';
import type { Matching } from '../models/pack.ts';
import type { ListedImage } from '../sources/base/source.ts';
import { checkImage, type ImageCheck } from './check-image.ts';
import { dropExcludedFaces, type FilteredCheck } from './drop-excluded-faces.ts';
import type { FaceSettings, ImageContext } from './face-settings.ts';
import type { HeldFaces } from './held-faces.ts';
import { judgeAnalysis } from './judge-analysis.ts';
import { type Judge, judgeFor } from './judge-by-trust.ts';

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
  settings: FaceSettings,
): Promise<GatheredImages> {
  const waiting = [...wanted];
  const gathered: GatheredImages = {
    images: [],
    unchanged: [],
    facesAdded: 0,
    exclusions: [],
    left: waiting,
  };
  const { embedder } = settings.engine.pack.matching;
  let room = held.room + waiting.filter((image) => isHeld(image, held)).length;
  while (room > 0 && waiting.length > 0) {
    // Low trust wants to see all that there is before it takes anything.
    const batch = waiting.splice(0, settings.trust === 'low' ? waiting.length : room);
    const checks = await Promise.all(
      batch.map((image) => settings.imagesAtOnce(() => checkImage(image, held, context, settings))),
    );
    const checked = checks.map((check) => dropExcludedFaces(check, embedder, settings.excludedBy));
    const judge = judgeFor(checked, held, settings);
    for (const each of checked) room -= take(each, gathered, judge, context, settings);
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
  { check, exclusion }: FilteredCheck,
  gathered: GatheredImages,
  judge: Judge,
  { log }: ImageContext,
  { engine }: FaceSettings,
): 0 | 1 {
  if (exclusion !== null) gathered.exclusions.push(exclusion);
  if (check.kind === 'unchanged') {
    if (check.message) log.warn(`An image keeps its face but could not be looked at: ${check.message}`);
    gathered.unchanged.push(check.image);
    return 0;
  }
  if (check.kind === 'outcome' && check.message)
    log.warn(`An image is not used: ${check.message}`, { url: check.outcome.url });
  const outcome =
    check.kind === 'analysed' ? settle(check, gathered, judge, engine.pack.matching) : check.outcome;
  gathered.images.push(outcome);
  return outcome.outcome === 'accepted' ? 1 : 0;
}

function settle(
  { analysis, outcome }: Extract<ImageCheck, { kind: 'analysed' }>,
  { images }: GatheredImages,
  judge: Judge,
  matching: Matching,
): ImageOutcome {
  const isDouble = images.some(({ sha256, outcome: of }) => of === 'accepted' && sha256 === outcome.sha256);
  if (isDouble) return { ...outcome, outcome: 'rejected', reason: 'duplicate_image' };
  return judgeAnalysis(analysis, outcome, matching, judge);
}
