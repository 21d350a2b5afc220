import type { KnownImage } from '../catalog/image-outcome.ts';
import type { RejectionReason } from '../faces/engine.ts';
import type { ListedImage } from '../sources/base/source.ts';
import { isWorthAsking, type RunTime } from './retry-images.ts';

/** Rejections that another policy may turn round. */
const QUALITY_REASONS: ReadonlySet<string> = new Set<RejectionReason>([
  'no_face',
  'multi_face',
  'image_too_small',
  'face_too_small',
  'low_confidence',
  'extreme_angle',
]);

/** The images that have something to say, in the source's order: not those whose outcome is known and stands. */
export function chooseImages(
  listed: ListedImage[],
  known: ReadonlyMap<string, KnownImage>,
  policySince: string,
  time: RunTime,
): ListedImage[] {
  const distinct = new Map(listed.map((image) => [image.url, image]));
  return [...distinct.values()].filter((image) => !isSettled(image, known.get(image.url), policySince, time));
}

function isSettled(
  { revision }: ListedImage,
  known: KnownImage | undefined,
  policySince: string,
  time: RunTime,
): boolean {
  if (known?.reason === 'excluded') return true;
  if (!known || revision === null || known.etag !== revision) return false;
  // There may be room for it now; whether there is, is seen before it is fetched.
  if (known.reason === 'limit_reached' || isWorthAsking(known, time)) return false;
  return !isRejudged(known, policySince);
}

/** Whether an image was rejected for its quality by an earlier policy. */
export function isRejudged({ reason, checkedAt }: KnownImage, policySince: string): boolean {
  return reason !== null && QUALITY_REASONS.has(reason) && checkedAt < policySince;
}
