import type { Gender } from '@trainer/contract/sources';
import { findRecord } from '../catalog/find-record.ts';
import type { UnlistedImage } from '../commit/retire-images.ts';
import type { ExclusionFilter, Refusal } from '../exclusions/exclusion-filter.ts';
import { chooseImages } from '../pictures/choose-images.ts';
import type { FaceSettings, ImageContext } from '../pictures/face-settings.ts';
import { type GatheredImages, gatherImages, nothingGathered } from '../pictures/gather-images.ts';
import { facesHeldOf, findUnlistedImages, toImageListing } from '../pictures/held-faces.ts';
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
  const refusal = await context.exclusionFilter.refusalOf(performer.record);
  if (refusal) return { kind: 'refused', refusal };
  const { gender } = performer.record;
  if (context.genderFilter !== null && gender !== null && gender.toUpperCase() !== context.genderFilter) {
    return { kind: 'unwanted' };
  }
  const unlisted = await findUnlistedImages(toImageListing(performer), context.catalog);
  const gathered = context.faces
    ? await checkImages(performer, unlisted, context, context.faces)
    : nothingGathered;
  const isUnchanged =
    gathered.images.length === 0 && gathered.unchanged.length === 0 && unlisted.length === 0;
  return isUnchanged && (await isKnown(performer, context))
    ? { kind: 'unchanged' }
    : { kind: 'changed', gathered };
}

async function checkImages(
  performer: ListedPerformer,
  unlisted: readonly UnlistedImage[],
  context: IngestContext,
  settings: FaceSettings,
): Promise<GatheredImages> {
  const held = await facesHeldOf(performer, context, settings, unlisted);
  const wanted = chooseImages(performer.images, held.known, settings.policySince, settings.time);
  return gatherImages(wanted, held, context, settings);
}

/** Whether the catalog has the record as it is. */
async function isKnown({ record }: ListedPerformer, { catalog }: IngestContext): Promise<boolean> {
  const known = await findRecord(catalog, record.endpoint, record.remoteId);
  return known !== null && !known.deleted && known.updated !== null && known.updated === record.updated;
}

/** What every step of one ingest task works with. */
export interface IngestContext extends ImageContext {
  /** Says who must stay out. */
  exclusionFilter: ExclusionFilter;
  source: Source;
  genderFilter: Gender | null;
  /** Null when only metadata is wanted. */
  faces: FaceSettings | null;
}
