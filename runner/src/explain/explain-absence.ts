import type { Attempt } from '@trainer/contract/questions';
import { sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { isCreator } from '../catalog/source-definitions.ts';
import { pageOf } from '../identity/describe-performers.ts';
import type { Subject } from './find-subject.ts';

/** What was tried to find somebody who is not there: records that are gone, and sources that were read. */
export async function explainAbsence({ db, sources }: CatalogDatabase, gone: Subject[]): Promise<Attempt[]> {
  const tombstones = gone.map(({ endpoint, remoteId, mergedInto }) => ({
    source: endpoint,
    what: `the record of ${remoteId}`,
    why_not:
      mergedInto === null
        ? 'its source has deleted it'
        : `its source has merged it into ${mergedInto}, which is not there`,
    url: pageOf(sources, endpoint, remoteId),
    at: null,
  }));
  const read = await db.all<{ source: string; at: string; records: number }>(sql`
    SELECT substr(source, 1, instr(source, ':') - 1) AS source, max(updated_at) AS at,
      (SELECT count(*) FROM performer_records WHERE deleted = 0
        AND endpoint = substr(cursors.source, 1, instr(cursors.source, ':') - 1)) AS records
    FROM cursors WHERE instr(source, ':') > 0 GROUP BY 1 ORDER BY 1`);
  const creators = read.filter(({ source }) => isCreator(sources, source));
  if (creators.length === 0) {
    const why_not = 'no source that creates performers was read yet: start a run';
    return [...tombstones, { source: 'catalog', what: 'the sources', why_not, url: null, at: null }];
  }
  return [
    ...tombstones,
    ...creators.map(({ source, at, records }) => ({
      source,
      what: 'the performers that it lists',
      why_not: `nobody among the ${records} that the catalog has from there`,
      url: null,
      at: at === '' ? null : at,
    })),
  ];
}
