import type { CatalogDatabase } from '../catalog/database.ts';
import { findUnlisted, type ImageListing, type UnlistedImage } from '../commit/retire-images.ts';
import type { ListedPerformer } from '../sources/base/source.ts';

/** Everything that a source lists of a performer, or null where the answer may be a part of it: then nothing is retired. */
export function listingOf({ record, images, isWhole }: ListedPerformer): ImageListing | null {
  if (!isWhole) return null;
  const { endpoint, remoteId } = record;
  return { source: endpoint, of: { endpoint, remoteId }, urls: images.map(({ url }) => url) };
}

/** What the catalog holds of the performer and the listing leaves out. */
export async function unlistedBy(
  listing: ImageListing | null,
  catalog: CatalogDatabase,
): Promise<UnlistedImage[]> {
  return listing ? findUnlisted(catalog, listing) : [];
}

/** How many images leave, whatever packs they were judged with. */
export function countRetired(unlisted: readonly UnlistedImage[]): number {
  return new Set(unlisted.map(({ url }) => url)).size;
}
