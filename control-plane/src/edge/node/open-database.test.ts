import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabaseFile } from './open-database.ts';

function freshFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'database-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'control-plane.db');
}

describe('the database file', () => {
  it('keeps every acknowledged write while other processes write too', async () => {
    const path = freshFile();
    const client = openDatabaseFile(path);
    await client.execute('CREATE TABLE written (writer TEXT, number INTEGER)');
    client.close();
    const program = join(import.meta.dirname, '../../../testing/write-rows.ts');
    const writers = ['a', 'b', 'c'];
    const printed = await Promise.all(
      writers.map(async (name) => {
        const { stdout } = await promisify(execFile)(process.execPath, [program, path, name, '200']);
        return stdout.trim().split('\n').map(Number);
      }),
    );
    const again = openDatabaseFile(path);
    onTestFinished(() => again.close());
    for (const [index, writer] of writers.entries()) {
      const { rows } = await again.execute({
        sql: 'SELECT number FROM written WHERE writer = ? ORDER BY number',
        args: [writer],
      });
      expect(printed[index], 'acknowledged').toHaveLength(200);
      expect(rows.map(({ number }) => number)).toEqual(printed[index]);
    }
  });

  it.each([
    [
      'a folder',
      (path: string) => void mkdirSync(path),
      /SQLITE_CANTOPEN: .* cannot be opened by the user with the id \d+/,
    ],
    [
      'a text',
      (path: string) => writeFileSync(path, 'some text '.repeat(200)),
      /SQLITE_NOTADB: .* is not a SQLite database\. Move it away/,
    ],
  ])('says of %s in its place what it is, and what to do', (_, make, sentence) => {
    const path = freshFile();
    make(path);
    expect(() => openDatabaseFile(path)).toThrow(sentence);
    expect(() => openDatabaseFile(path)).toThrow(`The database ${path} cannot be opened: `);
  });

  it('reaches the disk with every commit, and holds references to their word', async () => {
    const client = openDatabaseFile(freshFile());
    onTestFinished(() => client.close());
    const pragma = async (name: string) =>
      Object.values((await client.execute(`PRAGMA ${name}`)).rows[0] ?? {})[0];
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('foreign_keys')).toBe(1);
  });
});
