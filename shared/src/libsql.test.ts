import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { libsqlClient } from './libsql.ts';

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
