import { RESTORE_UNDER_WAY } from '../db/migrate.ts';
import { listTables, type Reader } from './list-tables.ts';
import { keptTables } from './table-rules.ts';

/** What runners say about themselves they say again. */
const REPEATED = ['runners'];

/**
 * What a restore would remove, in words that follow "holds"; null when there is nothing that anybody would miss: a new
 * database, or one whose control plane was started and not used yet.
 *
 * @throws when the database is not a control plane's
 */
export async function listContents(reader: Reader): Promise<string | null> {
  const names = await listTables(reader);
  if (names.length === 0) return null;
  if (!names.includes('migrations')) {
    throw new Error(`The database is not a control plane’s: it has the tables ${names.join(', ')}`);
  }
  const marks = await reader.execute({
    sql: 'SELECT 1 FROM migrations WHERE number = ?',
    args: [RESTORE_UNDER_WAY],
  });
  if (marks.rows.length > 0) return 'what a restore that did not finish has left';
  const counted: Record<string, number> = {};
  for (const { name } of keptTables) {
    if (!names.includes(name) || REPEATED.includes(name)) continue;
    const { rows } = await reader.execute(`SELECT count(*) AS count FROM ${name}`);
    counted[name] = Number(rows[0]?.count);
  }
  const contents = describeRows(counted);
  return contents === '' ? null : contents;
}

/** `runs: 12, tasks: 48`; tables without rows are left out. */
export function describeRows(rows: Readonly<Record<string, number>>): string {
  return Object.entries(rows)
    .filter(([, count]) => count > 0)
    .map(([table, count]) => `${table.replaceAll('_', ' ')}: ${count}`)
    .join(', ');
}
