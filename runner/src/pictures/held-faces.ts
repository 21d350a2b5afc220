import type { CatalogDatabase } from '../catalog/database.ts';
import { faceCounts, listAcceptedFaces, listImages } from '../catalog/find-images.ts';
import type { KnownImage } from '../catalog/image-outcome.ts';
import { findUnlisted, type ImageListing, type UnlistedImage } from '../commit/retire-images.ts';
import { findPerformerIds } from '../identity/identify.ts';
import type { ListedPerformer } from '../sources/base/source.ts';
import type { FaceSettings, ImageContext } from './face-settings.ts';

/** What the catalog holds of a performer for one pack, seen from one source. */
export interface HeldFaces {
  /** The performer's ids: several when this record brings some together. */
  performerIds: number[];
  /** Pictures that the source no longer lists, and that no other address keeps: they go with this turn, and do not count here. */
  gone: ReadonlySet<number>;
  /** Pictures of this source, by url. */
  known: Map<string, KnownImage>;
  /** sha256 of the pictures, from all sources, that gave faces. */
  accepted: ReadonlySet<string>;
  /** How many more faces are wanted from this source: its limit and that of all sources, whichever is nearer. */
  room: number;
  /** Accepted faces that it has, from all sources. */
  faces: number;
  /** For comparing with: vectors of the pack's matching embedder; empty where trust compares nothing. */
  vectors: Float32Array[];
}

/**
 * The same for a performer whom a source has listed, and whom the catalog may not know yet. Whose a known record is by what it says
 * now is decided at its commit, where the faces are held against the room once more: to choose images, the stored one will do.
 */
export async function facesHeldOf(
  { record }: ListedPerformer,
  context: Pick<ImageContext, 'catalog' | 'sourceId'>,
  settings: FaceSettings,
  unlisted: readonly UnlistedImage[],
): Promise<HeldFaces> {
  const performerIds = await findPerformerIds(context.catalog, record);
  return readHeldFaces(performerIds, context, settings, unlisted);
}

export async function readHeldFaces(
  performerIds: number[],
  { catalog, sourceId }: Pick<ImageContext, 'catalog' | 'sourceId'>,
  { pack, limits, trust, engine }: FaceSettings,
  unlisted: readonly UnlistedImage[],
): Promise<HeldFaces> {
  const lost = unlisted.filter((image) => image.pack === pack && image.facesLost > 0);
  const gone = new Set(lost.map(({ id }) => id));
  const facesLost = lost.reduce((sum, image) => sum + image.facesLost, 0);
  const all = (await Promise.all(performerIds.map((id) => listImages(catalog, id, pack)))).flat();
  const images = all.filter(({ id }) => !gone.has(id));
  const counts = await Promise.all(performerIds.map((id) => faceCounts(catalog, id, pack)));
  const fromSource = counts.reduce((sum, { bySource }) => sum + (bySource[sourceId] ?? 0), -facesLost);
  const total = counts.reduce((sum, count) => sum + count.total, -facesLost);
  const faces =
    trust === 'high'
      ? []
      : (await Promise.all(performerIds.map((id) => listAcceptedFaces(catalog, id, pack)))).flat();
  const stays = ({ imageId }: { imageId: number }) => !gone.has(imageId);
  const isMatching = ({ model }: { model: string }) => model === engine.pack.matching.embedder;
  return {
    performerIds,
    gone,
    known: new Map(images.filter(({ source }) => source === sourceId).map((image) => [image.url, image])),
    accepted: new Set(
      images.flatMap(({ outcome, sha256 }) => (outcome === 'accepted' && sha256 !== null ? [sha256] : [])),
    ),
    room: Math.max(0, Math.min(limits.source - fromSource, limits.total - total)),
    faces: total,
    vectors: faces
      .filter(stays)
      .flatMap(({ embeddings }) => embeddings.filter(isMatching).map(({ vector }) => vector)),
  };
}

/** Everything that a source lists of a performer, or null where the answer may be a part of it: then nothing is retired. */
export function toImageListing({ record, images, isWhole }: ListedPerformer): ImageListing | null {
  if (!isWhole) return null;
  const { endpoint, remoteId } = record;
  return { source: endpoint, of: { endpoint, remoteId }, urls: images.map(({ url }) => url) };
}

/** What the catalog holds of the performer and the listing leaves out. */
export async function findUnlistedImages(
  listing: ImageListing | null,
  catalog: CatalogDatabase,
): Promise<UnlistedImage[]> {
  return listing ? findUnlisted(catalog, listing) : [];
}

/** How many images leave, whatever packs they were judged with. */
export function countRetired(unlisted: readonly UnlistedImage[]): number {
  return new Set(unlisted.map(({ url }) => url)).size;
}
