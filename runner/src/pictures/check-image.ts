import { createHash } from 'node:crypto';
import type { ImageOutcome, KnownImage } from '../catalog/image-outcome.ts';
import type { UnchangedImage } from '../commit/commit-performer.ts';
import type { FaceEngine, ImageAnalysis, QualityPolicy } from '../faces/engine.ts';
import { EngineError, ImageError } from '../faces/errors.ts';
import type { FetchedImage, ListedImage } from '../sources/base/source.ts';
import { isRejudged } from './choose-images.ts';
import type { FaceSettings, ImageContext } from './face-settings.ts';
import type { HeldFaces } from './held-faces.ts';
import { recallImage } from './recall-image.ts';

/** Fetches an image and has it analysed, as far as the catalog does not know the answer. */
export async function checkImage(
  image: ListedImage,
  held: HeldFaces,
  context: ImageContext,
  settings: FaceSettings,
): Promise<ImageCheck> {
  const blank = blankOutcome(image, context, settings);
  if (isListedTooSmall(image, settings.policy)) {
    return { kind: 'outcome', outcome: { ...blank, outcome: 'rejected', reason: 'image_too_small' } };
  }
  const known = held.known.get(image.url);
  const fetched = await context.source.fetchImage(image, validatorsOf(known, settings), context.signal);
  if (fetched.kind === 'failed') {
    return known?.outcome === 'accepted' ? keepHeld(known, fetched) : failure(blank, fetched);
  }
  const { etag, lastModified } = fetched;
  if (fetched.kind === 'unchanged') {
    return known
      ? { kind: 'unchanged', image: { imageId: known.id, etag, lastModified } }
      : failure(blank, unasked);
  }
  const sha256 = createHash('sha256').update(fetched.bytes).digest('hex');
  const outcome = { ...blank, etag, lastModified, sha256 };
  const recalled = await recallImage(outcome, held, context.catalog, settings);
  return recalled
    ? { kind: 'outcome', outcome: recalled }
    : analyse(image, fetched.bytes, outcome, context, settings);
}

const unasked = {
  kind: 'failed',
  reason: 'image_refused',
  message: 'the image answered "not modified" although nothing was said about another one',
} as const;

/** A source that says how large its images are spares us those that would be rejected. */
function isListedTooSmall({ widthPx, heightPx }: ListedImage, { minImagePx }: QualityPolicy): boolean {
  return widthPx !== null && heightPx !== null && Math.min(widthPx, heightPx) < minImagePx;
}

/** What makes "not modified" a useful answer; nothing where the image must be judged again, or came spoilt. */
function validatorsOf(known: KnownImage | undefined, { policySince }: FaceSettings) {
  const wasRead = known && known.sha256 !== null && known.outcome !== 'failed';
  const isUseful = wasRead && !isRejudged(known, policySince);
  return isUseful ? known : { etag: null, lastModified: null };
}

function blankOutcome(image: ListedImage, { sourceId }: ImageContext, { pack }: FaceSettings): ImageOutcome {
  return {
    source: sourceId,
    url: image.url,
    pack,
    etag: image.revision,
    lastModified: null,
    sha256: null,
    widthPx: image.widthPx,
    heightPx: image.heightPx,
    outcome: 'failed',
    reason: null,
    faces: [],
  };
}

/** A picture that is still listed and cannot be had now keeps its face; it is asked for again with what it was known by. */
function keepHeld(
  { id, etag, lastModified }: KnownImage,
  { message }: Extract<FetchedImage, { kind: 'failed' }>,
): ImageCheck {
  return { kind: 'unchanged', image: { imageId: id, etag, lastModified }, message };
}

function failure(
  blank: ImageOutcome,
  { reason, message }: Extract<FetchedImage, { kind: 'failed' }>,
): ImageCheck {
  return { kind: 'outcome', outcome: { ...blank, reason }, message };
}

async function analyse(
  image: ListedImage,
  bytes: Uint8Array,
  outcome: ImageOutcome,
  { source, signal }: ImageContext,
  { engine, policy }: FaceSettings,
): Promise<ImageCheck> {
  try {
    const analysis = await analyseTwice(engine, bytes, policy, signal).catch(async (error: unknown) => {
      const smaller = isTooLarge(error) ? await source.fetchSmaller?.(image, signal) : undefined;
      if (smaller?.kind !== 'fetched') throw error;
      return analyseTwice(engine, smaller.bytes, policy, signal);
    });
    return {
      kind: 'analysed',
      analysis,
      outcome: { ...outcome, widthPx: analysis.width, heightPx: analysis.height },
    };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return { kind: 'outcome', outcome: { ...outcome, reason: error.code }, message: error.message };
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof ImageError && error.code === 'too_many_pixels';
}

/** An image whose thread died gets one more chance; if it kills that one too, it is the image. */
async function analyseTwice(
  engine: FaceEngine,
  bytes: Uint8Array,
  policy: QualityPolicy,
  signal: AbortSignal,
): Promise<ImageAnalysis> {
  try {
    return await engine.analyse(bytes, policy, signal);
  } catch (error) {
    if (!(error instanceof EngineError) || !error.retryable) throw error;
  }
  try {
    return await engine.analyse(bytes, policy, signal);
  } catch (error) {
    if (!(error instanceof EngineError) || !error.retryable) throw error;
    throw new ImageError('damaged_image', `The image ended its analysing thread twice: ${error.message}`, {
      cause: error,
    });
  }
}

/** What looking at one image brought; trust decides later, in the images' order. */
export type ImageCheck =
  | { kind: 'unchanged'; image: UnchangedImage; message?: string }
  /** Decided already: failed, too small to fetch, or known from before. */
  | { kind: 'outcome'; outcome: ImageOutcome; message?: string }
  | { kind: 'analysed'; analysis: ImageAnalysis; outcome: ImageOutcome };
