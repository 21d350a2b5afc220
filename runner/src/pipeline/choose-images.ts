import type { KnownImage } from '../catalog/image-outcome.ts';
import type { RejectionReason } from '../faces/engine.ts';
import type { ImageFailure, ListedImage } from '../sources/source.ts';

/** Rejections that another policy may turn round. */
const QUALITY_REASONS: ReadonlySet<string> = new Set<RejectionReason>([
  'no_face',
  'multi_face',
  'image_too_small',
  'face_too_small',
  'low_confidence',
  'extreme_angle',
]);

/** A host that was down or did not let us in may do so another time. */
const PASSING_FAILURES: ReadonlySet<string> = new Set<ImageFailure>(['image_unreachable', 'image_refused']);

/** The images that have something to say, in the source's order: not those whose outcome is known and stands. */
export function chooseImages(
  listed: ListedImage[],
  known: ReadonlyMap<string, KnownImage>,
  policySince: string,
): ListedImage[] {
  const distinct = new Map(listed.map((image) => [image.url, image]));
  return [...distinct.values()].filter((image) => !isSettled(image, known.get(image.url), policySince));
}

function isSettled({ revision }: ListedImage, known: KnownImage | undefined, policySince: string): boolean {
  if (known?.reason === 'excluded') return true;
  if (!known || revision === null || known.etag !== revision) return false;
  if (isPassing(known)) return false;
  return !isRejudged(known, policySince);
}

/** Whether an image was rejected for its quality by an earlier policy. */
export function isRejudged({ reason, checkedAt }: KnownImage, policySince: string): boolean {
  return reason !== null && QUALITY_REASONS.has(reason) && checkedAt < policySince;
}

/** Whether an image could not be had for a reason that may pass. */
export function isPassing({ reason }: Pick<KnownImage, 'reason'>): boolean {
  return reason !== null && PASSING_FAILURES.has(reason);
}
