import { sql } from 'drizzle-orm';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import type { SourceDefinitions } from '../catalog/source-definitions.ts';
import { Domains } from './universal-id.ts';

/** A performer as somebody who looks at it wants to see it. */
export interface PerformerDescription {
  performerId: number;
  name: string;
  /** Universal ids: `stashdb.org:018f…`. */
  ids: string[];
  /** Its pages at stash-boxes. */
  pages: string[];
}

const IDS_MAX = 20;

/** The performers of these records (`<endpoint>:<id>`), by record; those that are gone are absent. */
export async function describePerformers(
  database: CatalogDatabase,
  refs: readonly string[],
): Promise<Map<string, PerformerDescription>> {
  const rows = await database.db.all<{
    ref: string;
    performerId: number;
    endpoint: string;
    remoteId: string;
    name: string;
  }>(sql`
    SELECT wanted.value AS ref, record.performer_id AS performerId, other.endpoint, other.remote_id AS remoteId, other.name
    FROM ${rowsOf([...new Set(refs)])} AS wanted
    CROSS JOIN performer_records AS record ON record.endpoint = substr(wanted.value, 1, instr(wanted.value, ':') - 1)
      AND record.remote_id = substr(wanted.value, instr(wanted.value, ':') + 1)
    CROSS JOIN performer_records AS other ON other.performer_id = record.performer_id
    WHERE record.deleted = 0 AND other.deleted = 0 ORDER BY other.id <> record.id, other.id`);
  const byRef = Map.groupBy(rows, ({ ref }) => ref);
  return new Map(
    [...byRef].map(([ref, records]) => {
      const shown = records.slice(0, IDS_MAX);
      return [
        ref,
        {
          performerId: shown[0]?.performerId ?? 0,
          name: shown[0]?.name ?? '',
          ids: shown.map(({ endpoint, remoteId }) => universalId(database, endpoint, remoteId)),
          pages: shown.flatMap(
            ({ endpoint, remoteId }) => pageOf(database.sources, endpoint, remoteId) ?? [],
          ),
        },
      ];
    }),
  );
}

/** `stashdb.org:<id>`, as versions name the record. */
export function universalId({ sources }: CatalogDatabase, endpoint: string, remoteId: string): string {
  return Domains.of(sources.all()).universalId(endpoint, remoteId);
}

/** Where a stash-box shows a record, or null for endpoints without pages. */
export function pageOf(sources: SourceDefinitions, endpoint: string, remoteId: string): string | null {
  const domain = sources.find(endpoint)?.domain ?? null;
  return domain === null ? null : `https://${domain}/performers/${remoteId}`;
}
