import type { InStatement } from '@libsql/client/web';
import type { Row } from './format.ts';
import { listTables, type Reader } from './list-tables.ts';

/**
 * Exclusions in force in the database that a restore is about to replace. Whoever asked to be in no version has asked for
 * good: going back to a backup from before must not bring the person back.
 */
export async function exclusionsInForce(reader: Reader): Promise<Row[]> {
  if (!(await listTables(reader)).includes('exclusions')) return [];
  const { rows } = await reader.execute(
    'SELECT kind, value, note, actor, created_at FROM exclusions WHERE removed_at IS NULL ORDER BY id',
  );
  return rows.map(({ kind, value, note, actor, created_at: at }) => [
    String(kind),
    String(value),
    String(note),
    String(actor),
    Number(at),
  ]);
}

/** Adds those that the backup lacks; its receipts are given anew. */
export function carryExclusions(exclusions: readonly Row[]): InStatement {
  return {
    sql: `INSERT INTO exclusions (kind, value, note, actor, created_at)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)
      WHERE true ON CONFLICT DO NOTHING`,
    args: [JSON.stringify(exclusions)],
  };
}
