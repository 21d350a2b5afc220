import type { KnownImage } from '../catalog/image-outcome.ts';
import type { ImageErrorCode } from '../faces/errors.ts';
import type { ImageFailure } from '../sources/base/source.ts';

/** A host that was down or did not let us in may do so another time: asked again whenever the performer is looked at. */
const PASSING: ReadonlySet<string> = new Set<ImageFailure>(['image_unreachable', 'image_refused']);

/** What a stash-box answers for a missing image is the same as for any failure of its store. */
const DOUBTFUL: ReadonlySet<string> = new Set<ImageFailure>(['image_missing']);

/**
 * Given up for its size by a runner that did not know of smaller ones, or for content that a proxy or a broken store may have
 * given in its place.
 */
const GIVEN_UP: ReadonlySet<string> = new Set<ImageFailure | ImageErrorCode>([
  'image_not_taken',
  'too_many_pixels',
  'empty_file',
  'not_an_image',
  'damaged_image',
]);

const DAY_MS = 24 * 3_600_000;
/** Days after the first failure: a store that was down for an hour, a move, and a last try. */
const RETRY_DAYS = [1, 7, 30];

type Failed = Pick<KnownImage, 'reason' | 'failingSince' | 'checkedAt'>;

/** When a run looks at images. */
export interface RunTime {
  /** Whether everything is asked for again. */
  isFull: boolean;
  now: Date;
}

/** Whether an image could not be had for a reason that may pass. */
export function isPassing({ reason }: Pick<KnownImage, 'reason'>): boolean {
  return reason !== null && PASSING.has(reason);
}

/** Whether a failed image is to be asked for again by a run that has its performer before it. */
export function isWorthAsking(image: Failed, { isFull, now }: RunTime): boolean {
  if (isPassing(image)) return true;
  const { reason } = image;
  if (reason === null) return false;
  if (DOUBTFUL.has(reason)) return isFull || isDue(image, now);
  return isFull && GIVEN_UP.has(reason);
}

/** Whether a failed image is reason enough to visit its performer: 1, 7 and 30 days after it failed first. */
export function isDue({ reason, failingSince, checkedAt }: Failed, now: Date): boolean {
  if (reason === null || !(PASSING.has(reason) || DOUBTFUL.has(reason))) return false;
  const since = Date.parse(failingSince ?? checkedAt);
  return RETRY_DAYS.some((days) => {
    const at = since + days * DAY_MS;
    return Date.parse(checkedAt) < at && at <= now.getTime();
  });
}
