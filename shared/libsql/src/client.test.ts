import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Client } from '@libsql/core/api';
import { cleanUpFaults } from '@trainer/async/with-clean-up';
import { describe, expect, it, onTestFinished } from 'vitest';
import { libsqlClient } from './client.ts';

/** A client of a file, and another connection to it. `whileWaiting` is done when the client finds the file busy. */
function open({ whileWaiting = () => {} }: { whileWaiting?: (other: DatabaseSync) => void } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'libsql-'));
  const [handle, other] = [0, 1].map(() => new DatabaseSync(join(folder, 'db'), { timeout: 0 }));
  if (!handle || !other) throw new Error('The file was not opened twice');
  handle.exec('PRAGMA journal_mode = WAL; CREATE TABLE numbers (number INTEGER)');
  const client = libsqlClient(handle, async () => whileWaiting(other));
  onTestFinished(() => {
    client.close();
    other.close();
    rmSync(folder, { recursive: true });
  });
  return { client, other };
}

describe('a file behind the client of libSQL', () => {
  it('goes on in a text of several statements where it found the file busy', async () => {
    const { client, other } = open({ whileWaiting: (holder) => holder.exec('COMMIT') });
    await client.executeMultiple('CREATE TEMP TABLE unlocked (number)');
    other.exec('BEGIN IMMEDIATE');
    await client.executeMultiple('INSERT INTO unlocked VALUES (1); INSERT INTO numbers VALUES (1);');
    for (const table of ['unlocked', 'numbers']) {
      expect((await client.execute(`SELECT number FROM ${table}`)).rows, table).toEqual([{ number: 1 }]);
    }
  });

  it('takes one statement at a time, and says so', async () => {
    const { client } = open();
    const two = 'INSERT INTO numbers VALUES (1); INSERT INTO numbers VALUES (2)';
    await expect(client.execute(two)).rejects.toMatchObject({
      code: 'SQL_MANY_STATEMENTS',
      message: expect.stringMatching(/as a batch or with executeMultiple/),
    });
    await client.execute("INSERT INTO numbers VALUES (3); ; -- two; three\n /* ';' */ ");
    expect((await client.execute('SELECT number FROM numbers')).rows).toEqual([{ number: 3 }]);
  });

  it('gives the columns of now after another connection has changed the table', async () => {
    const { client, other } = open();
    expect((await client.execute('SELECT * FROM numbers')).columns).toEqual(['number']);
    other.exec("ALTER TABLE numbers ADD COLUMN word TEXT; INSERT INTO numbers VALUES (1, 'one')");
    const { columns, rows } = await client.execute('SELECT * FROM numbers');
    expect(columns).toEqual(['number', 'word']);
    expect(rows).toEqual([{ number: 1, word: 'one' }]);
  });
});

const MB = 1024 * 1024;
/** Larger than the few pages that are left. */
const blob = new Uint8Array(64 * 1024);

/** A client of a file that may not grow any more: what SQLite says then is what it says on a full disk. */
async function openFull() {
  const folder = mkdtempSync(join(tmpdir(), 'libsql-'));
  const path = join(folder, 'full.db');
  const handle = new DatabaseSync(path, { timeout: 0 });
  handle.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY, value BLOB); INSERT INTO kept VALUES (1, NULL)');
  const { page_count: pages } = handle.prepare('PRAGMA page_count').get() ?? {};
  handle.exec(`PRAGMA max_page_count = ${Number(pages) + 2}`);
  const facts = () => ({ freeBytes: 3.5 * MB, uid: 99 });
  const client = libsqlClient(handle, async () => {}, { path, facts });
  onTestFinished(() => {
    client.close();
    rmSync(folder, { recursive: true });
  });
  const makeRoom = () => client.execute('PRAGMA max_page_count = 4294967294');
  return { client, path, handle, makeRoom };
}

const insert = { sql: 'INSERT INTO kept (value) VALUES (?)', args: [blob] };
const ids = async (client: Client) => (await client.execute('SELECT id FROM kept')).rows.map(({ id }) => id);

describe('a full disk', () => {
  it.each<[string, (client: Client) => Promise<unknown>]>([
    ['one statement', (client) => client.execute(insert)],
    ['a batch', (client) => client.batch(['INSERT INTO kept VALUES (7, NULL)', insert], 'write')],
    ['a migration', (client) => client.migrate(['INSERT INTO kept VALUES (7, NULL)', insert])],
    [
      'an open transaction',
      async (client) => {
        const transaction = await client.transaction('write');
        await transaction.execute('INSERT INTO kept VALUES (7, NULL)');
        try {
          await transaction.execute(insert);
        } finally {
          transaction.close();
        }
      },
    ],
  ])(
    'is named with the path and the free space by %s, and work goes on when there is room',
    async (_, work) => {
      const { client, path, handle, makeRoom } = await openFull();
      await expect(work(client)).rejects.toMatchObject({
        code: 'SQLITE_FULL',
        message:
          `SQLITE_FULL: database or disk is full: ${path} cannot grow (3.5 MB are free there). ` +
          'Make room on that disk, or raise the quota of whoever owns the file; what was saved is kept',
      });
      expect(handle.isTransaction).toBe(false);
      expect(await ids(client)).toEqual([1]);
      await makeRoom();
      await client.batch([insert], 'write');
      expect(await ids(client)).toEqual([1, 2]);
    },
  );

  it('does not let a transaction go on that SQLite has rolled back by itself', async () => {
    const { client } = await openFull();
    const transaction = await client.transaction('write');
    await expect(transaction.execute(insert)).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    const over = { code: 'TRANSACTION_CLOSED' };
    await expect(transaction.execute('INSERT INTO kept VALUES (9, NULL)')).rejects.toMatchObject(over);
    await expect(transaction.commit()).rejects.toMatchObject(over);
    expect(transaction.closed).toBe(true);
    await expect(transaction.execute('SELECT 1')).rejects.toMatchObject(over);
    expect(await ids(client)).toEqual([1]);
  });
});

describe('what fails while cleaning up', () => {
  /** A handle whose statements fail as they are told to. */
  function breakable() {
    const handle = new DatabaseSync(':memory:');
    handle.exec('CREATE TABLE parents (id INTEGER PRIMARY KEY); PRAGMA foreign_keys = ON');
    handle.exec('CREATE TABLE children (parent REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)');
    const broken = new Set<string>();
    const exec = handle.exec.bind(handle);
    handle.exec = (sql: string) => {
      if (broken.has(sql)) throw new Error(`${sql} cannot be done`);
      exec(sql);
    };
    const client = libsqlClient(handle, async () => {});
    onTestFinished(() => client.close());
    return { client, broken, handle };
  }

  it('does not hide the fault before it', async () => {
    const { client, broken } = breakable();
    broken.add('ROLLBACK').add('PRAGMA foreign_keys = ON');
    const failed = await client.migrate(['INSERT INTO nowhere VALUES (1)']).catch((error: unknown) => error);
    if (!(failed instanceof Error)) throw new Error('The migration did not fail');
    expect(failed.message).toMatch(/no such table: nowhere/);
    expect(cleanUpFaults(failed).map(String)).toEqual([
      'Error: ROLLBACK cannot be done',
      'Error: PRAGMA foreign_keys = ON cannot be done',
    ]);
  });

  it('does not keep the connection in a transaction whose commit was refused', async () => {
    const { client, handle } = breakable();
    const transaction = await client.transaction('write');
    await transaction.execute('INSERT INTO children VALUES (7)');
    await expect(transaction.commit()).rejects.toThrow(/FOREIGN KEY/);
    expect(handle.isTransaction).toBe(false);
    await client.batch(['INSERT INTO parents VALUES (1)'], 'write');
  });
});
