import type { Client } from '@libsql/core/api';
import { is, SQL } from 'drizzle-orm';
import { CasingCache } from 'drizzle-orm/casing';
import {
  getTableConfig,
  type Index,
  SQLiteAsyncDialect,
  type SQLiteColumn,
  SQLiteTable,
} from 'drizzle-orm/sqlite-core';

/** A table, as far as drizzle's declarations can say it: without CHECKs, foreign keys, STRICT and WITHOUT ROWID. */
export interface TableShape {
  /** What stands behind each column's name: `INTEGER NOT NULL DEFAULT 0`. */
  columns: Record<string, string>;
  primaryKey: string[];
  isAutoIncrement: boolean;
  /** `UNIQUE (a, b)` for what the table itself says; `[UNIQUE] INDEX name (a, b) [WHERE …]` for the others. */
  indexes: string[];
}

export type TableShapes = Record<string, TableShape>;

const dialect = new SQLiteAsyncDialect();

/** The shapes of the tables among a module's exports. `casing` is what `drizzle()` is called with. */
export function declaredShapes(exported: object, casing?: 'snake_case'): TableShapes {
  const names = new CasingCache(casing);
  const nameOf = (column: SQLiteColumn) => names.getColumnCasing(column);
  const textOf = (part: SQLiteColumn | SQL) => (is(part, SQL) ? dialect.sqlToQuery(part).sql : nameOf(part));
  const indexText = ({ config: { unique, name, columns, where } }: Index) =>
    `${unique ? 'UNIQUE ' : ''}INDEX ${name} (${columns.map(textOf).join(', ')})${where ? ` WHERE ${textOf(where)}` : ''}`;
  const tables = Object.values(exported).filter((each) => is(each, SQLiteTable));
  return Object.fromEntries(
    tables.map((table) => {
      const { name, columns, primaryKeys, uniqueConstraints, indexes } = getTableConfig(table);
      const key = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
      const uniques = [
        ...uniqueConstraints.map((each) => each.columns),
        ...columns.filter(({ isUnique }) => isUnique).map((column) => [column]),
      ];
      const shape = {
        columns: Object.fromEntries(
          columns.map((each) => [nameOf(each), declaredColumn(each, key.includes(each))]),
        ),
        primaryKey: key.map(nameOf),
        isAutoIncrement: columns.some((each) => 'autoIncrement' in each && each.autoIncrement === true),
        indexes: [
          ...uniques.map((each) => `UNIQUE (${each.map(nameOf).join(', ')})`),
          ...indexes.map(indexText),
        ].sort(),
      };
      return [name, shape];
    }),
  );
}

/** The shapes of the tables in a database, without `migrations` and those that SQLite keeps for itself. */
export async function storedShapes(client: Client): Promise<TableShapes> {
  const rows = async (sql: string, ...args: string[]) => (await client.execute({ sql, args })).rows;
  const tables = await rows(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name <> 'migrations' AND name NOT LIKE 'sqlite_%'",
  );
  const shapes: TableShapes = {};
  for (const table of tables) {
    const name = String(table.name);
    const columns = await rows('SELECT * FROM pragma_table_info(?)', name);
    const uniques = await rows(
      `SELECT group_concat(columns.name, ', ') AS columns FROM pragma_index_list(?) AS list, pragma_index_info(list.name) AS columns
        WHERE origin = 'u' GROUP BY list.name`,
      name,
    );
    const indexes = await rows(
      "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
      name,
    );
    const key = columns.filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a.pk) - Number(b.pk));
    shapes[name] = {
      columns: Object.fromEntries(
        columns.map((each) => [
          each.name,
          columnText(String(each.type), {
            isRequired: Number(each.notnull) === 1 || Number(each.pk) > 0,
            byDefault: each.dflt_value === null ? null : String(each.dflt_value),
          }),
        ]),
      ),
      primaryKey: key.map((each) => String(each.name)),
      isAutoIncrement: /\bAUTOINCREMENT\b/i.test(String(table.sql)),
      indexes: [
        ...uniques.map((each) => `UNIQUE (${each.columns})`),
        ...indexes.map(({ sql }) => storedIndex(String(sql))),
      ].sort(),
    };
  }
  return shapes;
}

function declaredColumn(column: SQLiteColumn, isKey: boolean): string {
  return columnText(column.getSQLType(), {
    isRequired: column.notNull || isKey,
    byDefault: column.default === undefined ? null : literal(column.mapToDriverValue(column.default)),
  });
}

/** SQLite lets a key be null in some kinds of tables, which nobody means: it counts as required. */
function columnText(
  type: string,
  { isRequired, byDefault }: { isRequired: boolean; byDefault: string | null },
): string {
  return `${type.toUpperCase()}${isRequired ? ' NOT NULL' : ''}${byDefault === null ? '' : ` DEFAULT ${byDefault}`}`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** As the declarations give it: without its table, which is known, and with single spaces. */
function storedIndex(sql: string): string {
  return sql
    .replaceAll(/\s+/g, ' ')
    .replace(/^CREATE /i, '')
    .replace(/(INDEX \w+) ON \w+/i, '$1');
}
