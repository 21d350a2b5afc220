import type { UnlistedImage } from '../commit/retire-images.ts';
import { exclusionCause } from '../exclusions/blocked-keys.ts';
import type { Refusal } from '../exclusions/exclusion-filter.ts';
import type { FaceSettings } from '../pictures/face-settings.ts';
import type { GatheredImages } from '../pictures/gather-images.ts';
import {
  countRetired,
  facesHeldOf,
  findUnlistedImages,
  readHeldFaces,
  toImageListing,
} from '../pictures/held-faces.ts';
import { fitIntoRoom } from '../pictures/limit-faces.ts';
import { resultOf } from '../progress/counters.ts';
import type { ProgressWriter } from '../progress/progress-writer.ts';
import type { SourceEvent } from '../sources/base/source.ts';
import type { IngestContext, PreparedPerformer } from './prepare-performer.ts';

type PerformerEvent = Extract<SourceEvent, { kind: 'performer' }>;

/** Commits a performer whose turn it is. */
export async function commitPrepared(
  { performer, cursor, scan }: PerformerEvent,
  prepared: PreparedPerformer,
  writer: ProgressWriter,
  context: IngestContext,
): Promise<void> {
  const position = { cursor, scan, remoteId: performer.record.remoteId };
  const refusal = await refusalOf(performer, prepared, context);
  if (refusal) {
    await context.exclusionFilter.refuse(performer.record, refusal);
    return writer.pass(position, { rejections: [refusal.reason] });
  }
  await context.exclusionFilter.unblock(performer.record.endpoint, performer.record.remoteId);
  if (prepared.kind !== 'changed') return writer.pass(position, { unchanged: prepared.kind === 'unchanged' });
  const { gathered } = prepared;
  const listing = toImageListing(performer);
  await writer.commit(position, performer.record, async (performerIds) => {
    const unlisted = await findUnlistedImages(listing, context.catalog);
    const fitting = await withinLimits(performerIds, gathered, unlisted, context);
    const { images, unchanged } = fitting;
    const result = { ...resultOf(fitting), imagesRetired: countRetired(unlisted) };
    return { images, unchanged, result, ...(listing ? { listing } : {}) };
  });
}

/** Why the performer must stay out: for what it is, or because most of its faces are an excluded person's. */
async function refusalOf(
  performer: PerformerEvent['performer'],
  prepared: PreparedPerformer,
  context: IngestContext,
): Promise<Refusal | null> {
  if (prepared.kind === 'refused') return prepared.refusal;
  if (prepared.kind !== 'changed' || !context.faces) return null;
  const { exclusions, images } = prepared.gathered;
  const [exclusion] = exclusions;
  if (exclusion === undefined) return null;
  const accepted = await acceptedFaces(performer, images, context, context.faces);
  if (exclusions.length < accepted) return null;
  return { cause: exclusionCause(exclusion), reason: 'excluded', isCertain: true };
}

/** Faces that the performer would have after this turn. */
async function acceptedFaces(
  performer: PerformerEvent['performer'],
  images: GatheredImages['images'],
  context: IngestContext,
  settings: FaceSettings,
): Promise<number> {
  const unlisted = await findUnlistedImages(toImageListing(performer), context.catalog);
  const { known, faces } = await facesHeldOf(performer, context, settings, unlisted);
  const isNew = ({ url }: { url: string }) => known.get(url)?.outcome !== 'accepted';
  return faces + images.filter((image) => image.outcome === 'accepted' && isNew(image)).length;
}

/** Another source may have given the same performer faces since this one's images were chosen. */
async function withinLimits(
  performerIds: number[],
  gathered: GatheredImages,
  unlisted: readonly UnlistedImage[],
  context: IngestContext,
): Promise<GatheredImages> {
  if (!context.faces || gathered.facesAdded === 0) return gathered;
  return fitIntoRoom(gathered, await readHeldFaces(performerIds, context, context.faces, unlisted));
}
