import type { Gender } from '@trainer/contract/sources';
import { findRecord } from '../catalog/find-record.ts';
import type { UnlistedImage } from '../commit/retire-images.ts';
import type { Guard, Refusal } from '../exclusions/guard.ts';
import { chooseImages } from '../pictures/choose-images.ts';
import type { FaceSettings, ImageContext } from '../pictures/face-settings.ts';
import { type GatheredImages, gatherImages, nothingGathered } from '../pictures/gather-images.ts';
import { facesHeldOf, listingOf, unlistedBy } from '../pictures/held-faces.ts';
import type { ListedPerformer, Source } from '../sources/base/source.ts';

/** A performer whose turn it is to be committed. */
export type PreparedPerformer =
  | { kind: 'changed'; gathered: GatheredImages }
  /** It must not be in the catalog: nothing of it was fetched. */
  | { kind: 'refused'; refusal: Refusal }
  /** Nothing about it is new. */
  | { kind: 'unchanged' }
  /** The configuration does not want it. */
  | { kind: 'unwanted' };

/** Everything that can be done ahead of a performer's turn, several at once. */
export async function preparePerformer(
  performer: ListedPerformer,
  context: IngestContext,
): Promise<PreparedPerformer> {
  const refusal = await context.guard.refusalOf(performer.record);
  if (refusal) return { kind: 'refused', refusal };
  const { gender } = performer.record;
  if (context.genderFilter !== null && gender !== null && gender.toUpperCase() !== context.genderFilter) {
    return { kind: 'unwanted' };
  }
  const unlisted = await unlistedBy(listingOf(performer), context.catalog);
  const gathered = context.faces
    ? await lookAtImages(performer, unlisted, context, context.faces)
    : nothingGathered;
  const isQuiet = gathered.images.length === 0 && gathered.unchanged.length === 0 && unlisted.length === 0;
  return isQuiet && (await isKnown(performer, context))
    ? { kind: 'unchanged' }
    : { kind: 'changed', gathered };
}

async function lookAtImages(
  performer: ListedPerformer,
  unlisted: readonly UnlistedImage[],
  context: IngestContext,
  demands: FaceSettings,
): Promise<GatheredImages> {
  const held = await facesHeldOf(performer, context, demands, unlisted);
  const wanted = chooseImages(performer.images, held.known, demands.policySince, demands.time);
  return gatherImages(wanted, held, context, demands);
}

/** Whether the catalog has the record as it is. */
async function isKnown({ record }: ListedPerformer, { catalog }: IngestContext): Promise<boolean> {
  const known = await findRecord(catalog, record.endpoint, record.remoteId);
  return known !== null && !known.deleted && known.updated !== null && known.updated === record.updated;
}

/** What every step of one ingest task works with. */
export interface IngestContext extends ImageContext {
  /** Says who must stay out. */
  guard: Guard;
  source: Source;
  genderFilter: Gender | null;
  /** Null when only metadata is wanted. */
  faces: FaceSettings | null;
}
