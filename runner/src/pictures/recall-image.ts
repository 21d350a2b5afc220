import type { CatalogDatabase } from '../catalog/database.ts';
import { listFaces, listImagesBySha256 } from '../catalog/find-images.ts';
import type { ImageOutcome, KnownImage } from '../catalog/image-outcome.ts';
import { isRejudged } from './choose-images.ts';
import type { FaceSettings } from './face-settings.ts';
import type { HeldFaces } from './held-faces.ts';
import { isByTrust } from './judge-by-trust.ts';

/** Decided for one performer with the faces that it had then: says nothing about another one, or later. */
const RELATIVE_REASONS: ReadonlySet<string> = new Set(['duplicate_image', 'limit_reached']);

/** Whoever the face is, it is not this performer: true of one performer, and of no other. */
const OTHERWISE_REASONS: ReadonlySet<string> = new Set(['nearer_to_other', 'dropped']);

/**
 * What became of the same content before, with the same pack: no inference is needed for an answer that is known. Null when
 * it has to be judged.
 */
export async function recallImage(
  outcome: ImageOutcome,
  { performerIds, gone }: HeldFaces,
  catalog: CatalogDatabase,
  { pack, policySince, trust }: FaceSettings,
): Promise<ImageOutcome | null> {
  const same = await listImagesBySha256(catalog, outcome.sha256 ?? '', pack);
  const mine = same.filter(({ id, performerId }) => performerIds.includes(performerId) && !gone.has(id));
  const itself = mine.find(({ source, url }) => source === outcome.source && url === outcome.url);
  if (!itself && mine.some((image) => image.outcome === 'accepted')) {
    return { ...outcome, outcome: 'rejected', reason: 'duplicate_image' };
  }
  const stands = (image: KnownImage) => isFinal(image) && !isRejudged(image, policySince);
  const isComparable = (image: KnownImage) =>
    image.outcome === 'failed' ||
    (trust === 'high' && image.source === outcome.source && !OTHERWISE_REASONS.has(image.reason ?? ''));
  const answer = [...(itself ? [itself] : []), ...same.filter(isComparable)].find(stands);
  return answer ? copyOutcome(outcome, answer, catalog) : null;
}

function isFinal({ reason, sha256 }: KnownImage): boolean {
  // A smaller size may be decoded.
  if (reason === 'too_many_pixels') return false;
  return sha256 !== null && !RELATIVE_REASONS.has(reason ?? '') && !isByTrust(reason);
}

async function copyOutcome(
  outcome: ImageOutcome,
  from: KnownImage,
  catalog: CatalogDatabase,
): Promise<ImageOutcome> {
  const { widthPx, heightPx, reason } = from;
  const faces = await listFaces(catalog, from.id);
  return { ...outcome, widthPx, heightPx, outcome: from.outcome, reason, faces };
}
