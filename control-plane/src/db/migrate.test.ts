import type { Client } from '@libsql/client/web';
import { getTableName } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readMigrations } from '../edge/node/read-migrations.ts';
import { openTestDatabase } from '../testing/open-test-database.ts';
import { migrate } from './migrate.ts';
import { openDatabase, schema } from './open.ts';
import { schemaNumber } from './schema-number.ts';

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

  it('end with the schema that the code is written for', () => {
    expect(Number.parseInt(readMigrations().at(-1)?.name ?? '', 10)).toBe(schemaNumber);
  });

  it('make every column that the tables of the code have', async () => {
    await migrate(client, readMigrations(), 0);
    const db = openDatabase(client);
    for (const table of Object.values(schema)) {
      await expect(db.select().from(table), getTableName(table)).resolves.toEqual([]);
    }
  });

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
