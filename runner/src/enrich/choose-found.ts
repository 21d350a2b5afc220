import type { KnownImage } from '../catalog/image-outcome.ts';
import { isRejudged } from '../pictures/choose-images.ts';
import { isPassing, isWorthAsking, type RunTime } from '../pictures/retry-images.ts';
import type { FoundImage } from '../sources/base/enrich-source.ts';

/**
 * The images that a source has not shown before, or that deserve another look. Unlike those of a stash-box they have no
 * revision as a rule: a picture at the same address is taken for the same.
 */
export function chooseFound(
  found: readonly FoundImage[],
  known: ReadonlyMap<string, KnownImage>,
  policySince: string,
  time: RunTime,
): FoundImage[] {
  return found.filter((image) => {
    const before = known.get(image.url);
    if (!before) return true;
    if (before.reason === 'excluded') return false;
    if (image.revision !== null && image.revision !== before.etag) return true;
    return isOpen(before) || isWorthAsking(before, time) || isRejudged(before, policySince);
  });
}

/** Whether the last word about an image has not been said. */
export function isOpen(image: { reason: string | null }): boolean {
  return image.reason === 'limit_reached' || isPassing(image);
}
