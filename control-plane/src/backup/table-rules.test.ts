import { afterAll, describe, expect, it } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { openDatabaseFile, readMigrations } from '../edge/node/open-database.ts';
import { listTables } from './list-contents.ts';
import { keptTables, tableRules } from './table-rules.ts';

const client = openDatabaseFile(':memory:');
await migrate(client, readMigrations(), 0);
afterAll(() => client.close());

const names = async (sql: string) => (await client.execute(sql)).rows.map(({ name }) => String(name));

describe('the rules of a backup', () => {
  it('say of every table what goes into it: a new table needs a line in table-rules.ts', async () => {
    const tables = (await listTables(client)).filter((name) => name !== 'migrations');
    expect(Object.keys(tableRules).sort()).toEqual(tables.sort());
  });

  it.each(keptTables)('page through $name by its primary key', async ({ name, key, instead = {} }) => {
    expect(key).toEqual(await names(`SELECT name FROM pragma_table_info('${name}') WHERE pk ORDER BY pk`));
    const columns = await names(`SELECT name FROM pragma_table_info('${name}')`);
    expect(columns).toEqual(expect.arrayContaining(Object.keys(instead)));
  });

  it.each(keptTables)('have whatever $name refers to in the same backup, before it', async ({ name }) => {
    const before = keptTables.slice(0, keptTables.findIndex((table) => table.name === name) + 1);
    const parents = await names(`SELECT DISTINCT "table" AS name FROM pragma_foreign_key_list('${name}')`);
    expect(before.map((table) => table.name)).toEqual(expect.arrayContaining(parents));
  });

  it('let no column through that is called after a secret', async () => {
    for (const { name, instead = {} } of keptTables) {
      const columns = await names(`SELECT name FROM pragma_table_info('${name}')`);
      const kept = columns.filter((column) => !(column in instead));
      expect(
        kept.filter((column) => /secret|password|token|credential|^hash$|sealed/.test(column)),
        name,
      ).toEqual([]);
    }
  });
});
