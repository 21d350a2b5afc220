import type { InStatement, InValue, Value } from '@libsql/client/web';
import { isoTime } from '../http/iso-time.ts';
import { backupFormat, backupFormatVersion, type Header, type Page, type Row } from './format.ts';
import { listTables, type Reader } from './list-contents.ts';
import { keptTables } from './table-rules.ts';

/** With the longest log lines a page has 3 MB; libSQL servers send 10 MB at once at most. */
const PAGE_ROWS = 200;

/** What a backup begins with. Throws when the database is not a control plane's. */
export async function readHeader(reader: Reader, now: number): Promise<Header> {
  const names = await listTables(reader);
  if (!names.includes('migrations')) throw new Error('The database is not a control plane’s');
  const applied = await reader.execute('SELECT max(number) AS newest FROM migrations');
  const given = await reader.execute('SELECT name, seq FROM sqlite_sequence');
  const kept = given.rows.filter(({ name }) => keptTables.some((table) => table.name === name));
  return {
    format: backupFormat,
    format_version: backupFormatVersion,
    schema: Number(applied.rows[0]?.newest),
    created_at: isoTime(now),
    sequences: Object.fromEntries(kept.map(({ name, seq }) => [String(name), Number(seq)])),
  };
}

/** Every row that goes into a backup, table by table; a database of an older schema lacks some of the tables. */
export async function* readPages(reader: Reader): AsyncGenerator<Page> {
  const names = await listTables(reader);
  for (const table of keptTables) if (names.includes(table.name)) yield* readTable(reader, table);
}

async function* readTable(
  reader: Reader,
  { name, key, instead }: (typeof keptTables)[number],
): AsyncGenerator<Page> {
  for (let after: InValue[] | null = null; ; ) {
    const { columns, rows } = await reader.execute(pageStatement(name, key, after));
    const values = rows.map((row) =>
      columns.map((column, at) => {
        const value = toStored(row[at], `${name}.${column}`);
        const replace = instead?.[column];
        return replace ? replace(value) : value;
      }),
    );
    yield { table: name, columns, rows: values };
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    after = key.map((column) => last[column] ?? null);
  }
}

/** Goes on behind the last key, so that a page costs the same wherever it is. */
function pageStatement(table: string, key: readonly string[], after: InValue[] | null): InStatement {
  const columns = key.join(', ');
  const behind = after ? `WHERE (${columns}) > (${key.map(() => '?').join(', ')})` : '';
  return {
    sql: `SELECT * FROM ${table} ${behind} ORDER BY ${columns} LIMIT ${PAGE_ROWS}`,
    args: after ?? [],
  };
}

function toStored(value: Value | undefined, where: string): Row[number] {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new TypeError(`${where} holds a ${typeof value}, and a backup only text and numbers`);
}
