// Runs in the project http too.
import { readFileSync } from 'node:fs';
import type { Client } from '@libsql/client/web';
import { numberOf } from '@trainer/libsql/migrate';
import { declaredShapes, storedShapes } from '@trainer/testing/table-shapes';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openTestDatabase } from '../../testing/open-test-database.ts';
import { readMigrations } from '../edge/node/open-database.ts';
import { migrate, schemaNumber } from './migrate.ts';
import { openDatabase, schema } from './open.ts';

/** Tables, indexes and triggers; the spaces in their texts do not count. */
async function textOfSchema(client: Client): Promise<string[]> {
  const { rows } = await client.execute(
    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
  );
  return rows.map(({ sql }) => String(sql).replaceAll(/\s+/g, ' ')).sort();
}

describe('migrations', () => {
  let client: Client;
  let close: () => Promise<void>;
  beforeEach(async () => {
    ({ client, close } = await openTestDatabase());
  });
  afterEach(() => close());

  it('are applied once, in order, and recorded', async () => {
    const names = readMigrations().map(({ name }) => name);
    expect(await migrate(client, readMigrations().reverse(), 5)).toEqual(names);
    expect(await migrate(client, readMigrations(), 6)).toEqual([]);
    const { rows } = await client.execute('SELECT name, applied_at FROM migrations ORDER BY number');
    expect(rows.map(({ name, applied_at }) => ({ name, applied_at }))).toEqual(
      names.map((name) => ({ name, applied_at: 5 })),
    );
  });

  it('are numbered one by one, up to the schema that the code is written for', () => {
    const migrations = readMigrations();
    expect(migrations.map(numberOf)).toEqual(Array.from({ length: schemaNumber }, (_, index) => index + 1));
    for (const { name } of migrations) expect(name).toMatch(/^\d{4}_[a-z0-9_]+\.sql$/);
  });

  it('make the tables that the code declares, and no others, with all of their columns, keys and indexes', async () => {
    await migrate(client, readMigrations(), 0);
    expect(await storedShapes(client)).toEqual(declaredShapes(schema, 'snake_case'));
  });

  it.each([5, 10])(
    'bring a database of schema %i, made by an earlier program, to this one’s',
    async (number) => {
      const earlier = new URL(`../../testing/schemas/schema-${number}.sql`, import.meta.url);
      await client.executeMultiple(readFileSync(earlier, 'utf8'));
      const names = readMigrations().map(({ name }) => name);
      expect(await migrate(client, readMigrations(), 5)).toEqual(names.slice(number));
      const runs = await openDatabase(client).select().from(schema.runs);
      expect(runs).toMatchObject([{ id: 7, status: 'completed', scheduleId: null, requestId: null }]);

      const fresh = await openTestDatabase();
      onTestFinished(() => fresh.close());
      await migrate(fresh.client, readMigrations(), 5);
      expect(await textOfSchema(client)).toEqual(await textOfSchema(fresh.client));
    },
  );

  it('leave the database as it was when one fails half way, and can be tried again', async () => {
    const broken = { name: '0001_broken.sql', sql: 'CREATE TABLE a (x);\n\nCREATE TABLE a (x);\n' };
    await expect(migrate(client, [broken], 0)).rejects.toThrow(/0001_broken\.sql failed/);
    const mended = { name: '0001_mended.sql', sql: 'CREATE TABLE a (x);\n\nCREATE TABLE b (x);' };
    expect(await migrate(client, [mended], 0)).toEqual(['0001_mended.sql']);
  });

  it('refuse a database of a newer program, and say what to do', async () => {
    await migrate(
      client,
      [...readMigrations(), { name: '9999_future.sql', sql: 'CREATE TABLE future (x);' }],
      0,
    );
    await expect(migrate(client, readMigrations(), 0)).rejects.toThrow(
      /The database has schema 9999, and this program knows up to \d+: a newer stash-sense-trainer has written it\. Start that one again/,
    );
  });
});
