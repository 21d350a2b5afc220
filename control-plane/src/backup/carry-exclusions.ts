import type { InStatement } from '@libsql/client/web';
import type { Row } from './format.ts';
import { listTables, type Reader } from './list-contents.ts';

/**
 * Whoever asked to be in no version has asked for good: going back to a backup from before must not bring the person back.
 * So a restore keeps the exclusions that were in force. While it is under way they wait in a table of their own, where one
 * that has to be repeated finds them again.
 */
const WAITING = 'carried_exclusions';
const COLUMNS = 'kind, value, note, actor, created_at';

/** Exclusions in force in the database that a restore is about to replace. */
export async function exclusionsInForce(reader: Reader): Promise<Row[]> {
  const names = await listTables(reader);
  const inForce = names.includes('exclusions')
    ? await readAll(reader, 'exclusions WHERE removed_at IS NULL')
    : [];
  const waiting = names.includes(WAITING) ? await readAll(reader, WAITING) : [];
  return [...inForce, ...waiting];
}

async function readAll(reader: Reader, from: string): Promise<Row[]> {
  const { rows } = await reader.execute(`SELECT ${COLUMNS} FROM ${from}`);
  return rows.map(({ kind, value, note, actor, created_at: at }) => [
    String(kind),
    String(value),
    String(note),
    String(actor),
    Number(at),
  ]);
}

/** Puts them aside, in the batch that removes the database before. */
export function putAside(exclusions: readonly Row[]): InStatement[] {
  return [
    `CREATE TABLE ${WAITING} (
      kind TEXT NOT NULL, value TEXT NOT NULL, note TEXT NOT NULL, actor TEXT NOT NULL, created_at INTEGER NOT NULL
    ) STRICT`,
    {
      sql: `INSERT INTO ${WAITING} (${COLUMNS})
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)`,
      args: [JSON.stringify(exclusions)],
    },
  ];
}

/** Adds those that the backup lacks, without receipts, in the batch that ends the restore. */
export function takeBackIn(): InStatement[] {
  return [
    `INSERT INTO exclusions (${COLUMNS}) SELECT ${COLUMNS} FROM ${WAITING} WHERE true ON CONFLICT DO NOTHING`,
    `DROP TABLE ${WAITING}`,
  ];
}
