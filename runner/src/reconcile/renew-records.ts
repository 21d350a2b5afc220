import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type CatalogDatabase, rowsOf } from '../catalog/database.ts';
import { normaliseUrl } from '../catalog/normalise-url.ts';
import { readCursor, setCursor } from '../catalog/task-state.ts';
import { type CatalogWriter, change, write } from '../catalog/writer.ts';
import { settle } from '../commit/remove-performer.ts';
import { nameRows } from '../commit/store-record.ts';
import { identifyAgain } from '../identity/identify.ts';

/** Count up whenever names, addresses or pairs are judged in another way: every catalog then looks at its records anew. */
const RULES = 2;
const RECORDS_PER_PAGE = 200;

const stateSchema = z.object({ rules: z.int(), named: z.int().default(0), placed: z.int().default(0) });
type State = z.infer<typeof stateSchema>;

/**
 * Looks at every record anew where the catalog was filled by other rules, and otherwise does nothing. Goes on where it was
 * interrupted.
 */
export async function renewRecords(database: CatalogWriter, signal?: AbortSignal): Promise<void> {
  const stored = stateSchema.safeParse(await readCursor(database, 'identity'));
  const isCurrent = stored.success && stored.data.rules === RULES;
  if (isCurrent) return;
  const unfinished = stored.success && stored.data.rules === -RULES;
  let state: State = unfinished ? stored.data : { rules: -RULES, named: 0, placed: 0 };
  for (const stage of ['named', 'placed'] as const) {
    for (;;) {
      signal?.throwIfAborted();
      const ids = await liveIdsAfter(database, state[stage]);
      const last = ids.at(-1);
      if (last === undefined) break;
      await (stage === 'named' ? renameRecords(database, ids) : placeRecords(database, ids));
      state = { ...state, [stage]: last };
      await save(database, state);
    }
  }
  await save(database, { ...state, rules: RULES });
}

async function liveIdsAfter({ db }: CatalogDatabase, after: number): Promise<number[]> {
  const rows = await db.all<{ id: number }>(sql`SELECT id FROM performer_records
    WHERE deleted = 0 AND id > ${after} ORDER BY id LIMIT ${RECORDS_PER_PAGE}`);
  return rows.map(({ id }) => id);
}

/** Normalises names and addresses by today's rules. */
async function renameRecords(database: CatalogWriter, ids: number[]): Promise<void> {
  await change(database, () => planRenaming(database, ids));
}

async function planRenaming({ db }: CatalogDatabase, ids: number[]): Promise<SQL[]> {
  const wanted = sql`SELECT value FROM ${rowsOf(ids)}`;
  type Row = { id: number; name: string; country: string | null; birthDate: string | null };
  const records = await db.all<Row>(sql`
    SELECT id, name, country, birth_date AS birthDate FROM performer_records WHERE id IN (${wanted})`);
  const aliases = Map.groupBy(
    await db.all<{ id: number; alias: string }>(sql`
      SELECT record_id AS id, alias FROM aliases WHERE record_id IN (${wanted}) ORDER BY position`),
    ({ id }) => id,
  );
  const urls = await db.all<{ id: number; url: string }>(sql`
    SELECT record_id AS id, url FROM urls WHERE record_id IN (${wanted})`);
  const names = records.flatMap((record) => {
    const own = (aliases.get(record.id) ?? []).map(({ alias }) => alias);
    return nameRows({ ...record, aliases: own }).map((row) => ({ ...row, record: record.id }));
  });
  const keys = urls.map(({ id: record, url }) => ({ record, url, ...normaliseUrl(url) }));
  return [
    sql`DELETE FROM record_names WHERE record_id IN (${wanted})`,
    sql`INSERT INTO record_names (record_id, name, is_main, country, birth_year)
      SELECT value->>'record', value->>'name', value->>'isMain', value->>'country', value->>'year' FROM ${rowsOf(names)}`,
    sql`UPDATE urls SET site = found.value->>'site', site_id = found.value->>'id',
        confidence = found.value->>'confidence' FROM ${rowsOf(keys)} AS found
      WHERE record_id = found.value->>'record' AND urls.url = found.value->>'url'`,
  ];
}

async function placeRecords(database: CatalogWriter, ids: number[]): Promise<void> {
  for (const id of ids) {
    await change(database, async () => settle(database, await identifyAgain(database, id)));
  }
}

async function save(database: CatalogWriter, value: State): Promise<void> {
  await write(database, [setCursor({ source: 'identity', value }, database.now().toISOString())]);
}
