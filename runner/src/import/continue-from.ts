import { type SQL, sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { isCreator } from '../catalog/source-definitions.ts';
import { setCursor } from '../catalog/task-state.ts';
import { importedCheckpoint } from '../progress/checkpoint.ts';
import { cursorSince } from '../sources/stash-box/cursor.ts';
import type { Release } from './release.ts';

/**
 * Statements that make the next run ask each stash-box of the release only for what changed since the release was made, and check
 * whether everybody is still there. A source that has a cursor already keeps it. One that cannot be asked for changes, such as
 * ThePornDB, takes no such cursor and walks through everything; what the catalog knows is not fetched again.
 */
export async function continueFrom(
  { manifest }: Pick<Release, 'manifest'>,
  catalog: CatalogDatabase,
  packKey: string,
): Promise<SQL[]> {
  const rows = await catalog.db.all<{ endpoint: string }>(
    sql`SELECT DISTINCT endpoint FROM performer_records WHERE imported_from = ${manifest.version}`,
  );
  const held = await catalog.db.all<{ source: string }>(sql`SELECT source FROM cursors`);
  const at = catalog.now().toISOString();
  return rows
    .map(({ endpoint }) => ({ endpoint, key: `${endpoint}:${packKey}` }))
    .filter(
      ({ endpoint, key }) =>
        isCreator(catalog.sources, endpoint) && !held.some(({ source }) => source === key),
    )
    .map(({ key }) => {
      const value = importedCheckpoint(cursorSince(manifest.createdAt), manifest.createdAt);
      return setCursor({ source: key, value }, at);
    });
}
