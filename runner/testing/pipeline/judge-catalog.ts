import { sql } from 'drizzle-orm';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { listPerformersWithoutRecords } from '../../src/catalog/find-record.ts';
import type { HostileWorld } from '../hostile/start-hostile-world.ts';

/** Names of errors that no source, file or server may cause. */
const PROGRAM_ERRORS = new Set([
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'ZodError',
  'AggregateError',
  'Error',
]);
/** What is in no sentence for a person. */
const NO_WORDS = /\bundefined\b|\[object |\bNaN\b|\n\s+at |Stacktrace|0x[0-9a-f]{6}/;

/** Whether an error was made for a person to read. */
export function isPlain({ name, message }: Pick<Error, 'name' | 'message'>): boolean {
  return !PROGRAM_ERRORS.has(name) && !NO_WORDS.test(message);
}

/** An accepted face: the picture, and whose it is. */
export interface HeldFace {
  source: string;
  url: string;
  sha256: string;
  /** Live records of its performer, `<endpoint>:<id>`. */
  records: string;
}

export function facesOf(catalog: Catalog): Promise<HeldFace[]> {
  return catalog.db.all<HeldFace>(sql`
    SELECT images.source, images.url, images.sha256,
      (SELECT group_concat(ref, ' ') FROM (SELECT endpoint || ':' || remote_id AS ref FROM performer_records AS record
        WHERE record.performer_id = images.performer_id AND record.deleted = 0 ORDER BY ref)) AS records
    FROM images WHERE EXISTS (SELECT 1 FROM faces WHERE image_id = images.id AND accepted = 1)
    ORDER BY source, url`);
}

/** Where two catalogs of the same world differ. */
export function compareFaces(found: readonly HeldFace[], wanted: readonly HeldFace[]): string[] {
  const text = ({ source, url, sha256, records }: HeldFace) =>
    `${source} ${url} (${sha256.slice(0, 8)}) of ${records}`;
  const [has, shouldHave] = [new Set(found.map(text)), new Set(wanted.map(text))];
  return [
    ...[...shouldHave].filter((each) => !has.has(each)).map((each) => `lost: ${each}`),
    ...[...has].filter((each) => !shouldHave.has(each)).map((each) => `too many: ${each}`),
  ];
}

/** What is wrong with a catalog: faces without a live record, somebody removed who is there, a damaged file. */
export async function whyUnsound(catalog: Catalog, world: Pick<HostileWorld, 'has'>): Promise<string[]> {
  const strays = await listPerformersWithoutRecords(catalog);
  const removed = await catalog.db.all<{ endpoint: string; remoteId: string }>(
    sql`SELECT endpoint, remote_id AS remoteId FROM performer_records WHERE deleted = 1`,
  );
  const damage = await catalog.db.all<{ integrity_check: string }>(sql`PRAGMA integrity_check`);
  return [
    ...strays.map(
      ({ performerId, records }) =>
        `performer ${performerId} (${records.join(' ')}) has faces and no live record`,
    ),
    ...removed
      .filter(({ endpoint, remoteId }) => world.has(endpoint, remoteId))
      .map(({ endpoint, remoteId }) => `${endpoint}:${remoteId} was removed and is there`),
    ...damage.filter((row) => row.integrity_check !== 'ok').map((row) => `the file: ${row.integrity_check}`),
  ];
}
