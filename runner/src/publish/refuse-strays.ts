import type { CatalogDatabase } from '../catalog/database.ts';
import { findStrays } from '../catalog/find-strays.ts';
import { VersionError } from '../versions/version-error.ts';

/**
 * The check before a version is made: a face under a performer that no source has any more would be lost to the person that
 * it shows.
 *
 * @throws VersionError `not_sound`, with the performers
 */
export async function refuseStrays(database: CatalogDatabase): Promise<void> {
  const strays = await findStrays(database);
  if (strays.length === 0) return;
  const faces = strays.reduce((sum, each) => sum + each.faces, 0);
  const named = strays
    .slice(0, 5)
    .map(({ performerId, records }) => `${performerId} (${records.slice(0, 3).join(', ') || 'no record'})`);
  throw new VersionError(
    'not_sound',
    `${faces} faces of the catalog belong to ${strays.length} performers without a live record: ${named.join('; ')}. ` +
      'No version is made of such a catalog: `runner catalog check` lists them, and a full run of their sources fetches what is missing',
  );
}
