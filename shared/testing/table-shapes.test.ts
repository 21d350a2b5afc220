import { DatabaseSync } from 'node:sqlite';
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, unique, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { libsqlClient } from '../libsql/src/client.ts';
import { declaredShapes, storedShapes } from './table-shapes.ts';

const people = sqliteTable(
  'people',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    fullName: text().notNull().unique(),
    house: integer(),
    kind: text().notNull().default('it’s'),
    isAway: integer({ mode: 'boolean' }).notNull().default(false),
  },
  (table) => [
    unique().on(table.house, table.kind),
    index('people_away').on(table.house, table.id).where(sql`is_away = 1`),
    uniqueIndex('people_kind').on(table.fullName, sql`coalesce(kind, '')`),
  ],
);
const pairs = sqliteTable('pairs', { first: text().notNull(), second: text().notNull() }, (table) => [
  primaryKey({ columns: [table.second, table.first] }),
]);

const STORED = `CREATE TABLE people (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  full_name TEXT NOT NULL UNIQUE,
  house INTEGER,
  kind TEXT NOT NULL DEFAULT 'it’s',
  is_away INTEGER NOT NULL DEFAULT 0,
  UNIQUE (house, kind)
) STRICT;
CREATE INDEX people_away ON people (house, id)
  WHERE is_away = 1;
CREATE UNIQUE INDEX people_kind ON people (full_name, coalesce(kind, ''));
CREATE TABLE pairs (first TEXT NOT NULL, second TEXT NOT NULL, PRIMARY KEY (second, first)) STRICT, WITHOUT ROWID;`;

async function shapesOf(script: string) {
  const handle = new DatabaseSync(':memory:');
  handle.exec(script);
  const client = libsqlClient(handle, async () => {});
  const shapes = await storedShapes(client);
  client.close();
  return shapes;
}

describe('the shapes of tables', () => {
  const declared = declaredShapes({ people, pairs, somethingElse: 1 }, 'snake_case');

  it('are the same where a database has what is declared', async () => {
    expect(await shapesOf(STORED)).toEqual(declared);
  });

  it.each([
    [
      'a table',
      'CREATE TABLE pairs (first TEXT NOT NULL, second TEXT NOT NULL, PRIMARY KEY (second, first)) STRICT, WITHOUT ROWID;',
      '',
    ],
    ['one more table', ') STRICT, WITHOUT ROWID;', ') STRICT; CREATE TABLE others (id);'],
    ['one more column', '  house INTEGER,', '  house INTEGER, street TEXT,'],
    ['a type', '  house INTEGER,', '  house TEXT,'],
    ['NOT NULL', '  house INTEGER,', '  house INTEGER NOT NULL,'],
    ['a default', 'DEFAULT 0', 'DEFAULT 1'],
    ['no default', ' DEFAULT 0', ''],
    ['the order of a key', 'PRIMARY KEY (second, first)', 'PRIMARY KEY (first, second)'],
    ['AUTOINCREMENT', ' AUTOINCREMENT', ''],
    ['what is unique', 'NOT NULL UNIQUE', 'NOT NULL'],
    ['what is unique together', 'UNIQUE (house, kind)', 'UNIQUE (kind, house)'],
    ['the columns of an index', 'people (house, id)', 'people (id)'],
    ['the condition of an index', 'is_away = 1', 'is_away = 0'],
    ['what an index forbids', 'CREATE UNIQUE INDEX', 'CREATE INDEX'],
    ['one more index', 'STRICT, WITHOUT ROWID;', 'STRICT; CREATE INDEX pairs_first ON pairs (first);'],
  ])('differ by %s', async (_, declaredText, otherText) => {
    const other = STORED.replace(declaredText, otherText);
    expect(other).not.toBe(STORED);
    expect(await shapesOf(other)).not.toEqual(declared);
  });
});
