import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { libsqlClient } from './client.ts';
import { type AppliedAt, type Migration, migrate, NewerSchemaError, toStatements } from './migrate.ts';

const first = { name: '0001_first.sql', sql: 'CREATE TABLE a (x);\nINSERT INTO a VALUES (1);' };
const second = { name: '0002_second.sql', sql: '-- Why;\nALTER TABLE a ADD COLUMN y;\n' };

function open() {
  const handle = new DatabaseSync(':memory:');
  const client = libsqlClient(handle, async () => {});
  onTestFinished(() => client.close());
  const bring = (migrations: Migration[], at: AppliedAt = 5) =>
    migrate(client, { migrations, at, describeNewer: (found, known) => `${found} is newer than ${known}` });
  const ledger = () =>
    handle
      .prepare('SELECT number, name, applied_at AS at, typeof(applied_at) AS type FROM migrations')
      .all()
      .map((row) => ({ ...row }));
  return { client, handle, bring, ledger };
}

describe('migrate', () => {
  it('applies each migration once, in the order of their numbers, and tells which', async () => {
    const { bring, handle } = open();
    expect(await bring([second, first])).toEqual([first.name, second.name]);
    expect(await bring([second, first])).toEqual([]);
    expect({ ...handle.prepare('SELECT x, y FROM a').get() }).toEqual({ x: 1, y: null });
  });

  it.each<[string, AppliedAt, string]>([
    ['ms since 1970', 5, 'integer'],
    ['text', '2026-03-01T12:00:00.000Z', 'text'],
  ])('records when, as %s where the database writes times so', async (_, at, type) => {
    const { bring, ledger } = open();
    await bring([first], at);
    await bring([first, second], at);
    expect(ledger()).toEqual([
      { number: 1, name: first.name, at, type },
      { number: 2, name: second.name, at, type },
    ]);
  });

  it('goes by the number of what was applied, whatever its file was called then', async () => {
    const { bring, ledger } = open();
    await bring([{ ...first, name: '0001-first.sql' }]);
    expect(await bring([first, second])).toEqual([second.name]);
    expect(ledger().map(({ name }) => name)).toEqual(['0001-first.sql', second.name]);
  });

  it('takes back all of a migration that fails, and says which one and why', async () => {
    const { bring, ledger } = open();
    const broken = { ...second, sql: 'CREATE TABLE b (x);\nCREATE TABLE a (x);' };
    await expect(bring([first, broken])).rejects.toThrow(
      /^The migration 0002_second\.sql failed, and the database is as it was before: .*table a already exists/,
    );
    expect(ledger()).toHaveLength(1);
    expect(await bring([first, { ...second, sql: 'CREATE TABLE b (x);' }])).toEqual([second.name]);
  });

  it('leaves a migration to another process that was faster', async () => {
    const { client, bring } = open();
    const batch = client.batch.bind(client);
    let isOvertaken = false;
    // The other one comes in after this one has looked.
    client.batch = async (...args) => {
      if (!isOvertaken) await batch(toStatements(first, 4));
      isOvertaken = true;
      return batch(...args);
    };
    expect(await bring([first, second])).toEqual([second.name]);
    expect(isOvertaken).toBe(true);
  });

  it('refuses a newer database, in the words of its program, and changes nothing', async () => {
    const { bring, ledger } = open();
    await bring([first, second]);
    const refused = await bring([first]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(NewerSchemaError);
    expect(refused).toMatchObject({ message: '2 is newer than 1' });
    expect(ledger()).toHaveLength(2);
  });

  it.each<[string, Migration[], string]>([
    ['without a number', [{ ...first, name: 'first.sql' }], 'begins with its number: first.sql'],
    [
      'with the number of another one',
      [first, { ...second, name: '0001_second.sql' }],
      'Two migrations have one number: 0001_first.sql and 0001_second.sql',
    ],
  ])('refuses a migration %s before anything is changed', async (_, migrations, why) => {
    const { bring, handle } = open();
    await expect(bring(migrations)).rejects.toThrow(why);
    expect(handle.prepare('SELECT name FROM sqlite_schema').all()).toEqual([]);
  });
});
