import type { Client, InStatement } from '@libsql/client/web';
import { ledgerFor, type Migration, numberOf, toStatements } from '@trainer/libsql/migrate';
import { RESTORE_UNDER_WAY } from '../db/migrate.ts';
import { bringInOrder } from './bring-in-order.ts';
import { putAside, takeBackIn } from './carry-exclusions.ts';
import type { Header, Page, Row, Trailer } from './format.ts';
import { listTables } from './list-contents.ts';

export interface Backup {
  header: Header;
  /** How many rows each table has. */
  rows: Trailer['rows'];
  pages: AsyncIterable<Page>;
}

export interface LoadOptions {
  migrations: readonly Migration[];
  now: number;
  /** From `exclusionsInForce` of the database that is replaced. */
  exclusions: readonly Row[];
}

/**
 * Makes the database what the backup says, whatever it holds, and brings it to the newest schema. While that is under way,
 * and after it failed, no control plane starts with the database.
 *
 * The rows go into the schema that they come from, so that the migrations since then treat them as they would have.
 * Answers with how many exclusions were carried over.
 */
export async function loadBackup(
  client: Client,
  { header, rows, pages }: Backup,
  { migrations, now, exclusions }: LoadOptions,
): Promise<number> {
  const isOf = (schema: number) => (migration: Migration) => numberOf(migration) <= schema;
  const before = migrations.filter(isOf(header.schema));
  const after = migrations.filter((migration) => !before.includes(migration));
  // `migrate` is a batch that does not mind in which order rows refer to each other.
  await client.migrate([
    ...(await dropEverything(client)),
    ledgerFor(now),
    ...before.flatMap((migration) => toStatements(migration, now)),
    ...putAside(exclusions),
    {
      sql: "INSERT INTO migrations (number, name, applied_at) VALUES (?, 'a restore is under way', ?)",
      args: [RESTORE_UNDER_WAY, now],
    },
  ]);
  for await (const page of pages) if (page.rows.length > 0) await client.migrate([insertRows(page)]);
  await verifyCounts(client, rows);
  await client.migrate([
    ...after.flatMap((migration) => toStatements(migration, now)),
    ...bringInOrder(header),
    { sql: 'DELETE FROM migrations WHERE number = ?', args: [RESTORE_UNDER_WAY] },
    ...takeBackIn(),
  ]);
  return (await countRows(client, 'exclusions')) - (rows.exclusions ?? 0);
}

async function dropEverything(client: Client): Promise<string[]> {
  return (await listTables(client)).map((table) => `DROP TABLE "${table}"`);
}

/** Rows travel as one JSON argument, so that the statement's text does not depend on their number. */
function insertRows({ table, columns, rows }: Page): InStatement {
  const values = columns.map((_, at) => `value ->> ${at}`).join(', ');
  return {
    sql: `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values} FROM json_each(?)`,
    args: [JSON.stringify(rows)],
  };
}

async function verifyCounts(client: Client, expected: Trailer['rows']): Promise<void> {
  for (const [table, count] of Object.entries(expected)) {
    const found = await countRows(client, table);
    if (found !== count) throw new Error(`${found} of ${count} rows of ${table} arrived`);
  }
}

async function countRows(client: Client, table: string): Promise<number> {
  const { rows } = await client.execute(`SELECT count(*) AS count FROM ${table}`);
  return Number(rows[0]?.count);
}
