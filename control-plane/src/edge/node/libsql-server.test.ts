import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client/http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StartedProgram, startProgram } from '../../../testing/start-program.ts';
import { httpDatabaseClient } from '../http-database.ts';

let folder: string;
const started: StartedProgram[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'libsql-server-'));
});
afterEach(async () => {
  for (const { process, ended } of started.splice(0)) {
    process.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true });
});

async function start(env: Record<string, string> = {}) {
  const program = await startProgram({ DATA_DIR: folder, LIBSQL_PORT: '0', ...env }, 'libsql-server.ts');
  started.push(program);
  return program;
}

describe('the libSQL server', () => {
  it('keeps what was acknowledged when it is killed, and ends cleanly when it is told to', async () => {
    const first = await start();
    const client = httpDatabaseClient({ url: first.url });
    await client.batch(['CREATE TABLE numbers (number)', 'INSERT INTO numbers VALUES (1)'], 'write');
    const open = await createClient({ url: first.url }).transaction('write');
    await open.execute('INSERT INTO numbers VALUES (2)');
    first.process.kill('SIGKILL');
    await first.ended;
    const second = await start();
    const { rows } = await httpDatabaseClient({ url: second.url }).execute('SELECT number FROM numbers');
    expect(rows).toEqual([{ number: 1 }]);
    const left = await createClient({ url: second.url }).transaction('write');
    await left.execute('INSERT INTO numbers VALUES (3)');
    second.process.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(existsSync(join(folder, 'libsql.db'))).toBe(true);
    expect(existsSync(join(folder, 'libsql.db-wal'))).toBe(false);
  });

  it('wants the token that it was given, also as a file, and reaches no other file of the machine', async () => {
    writeFileSync(join(folder, 'token'), 'a-token-from-a-file\n');
    const { url } = await start({ LIBSQL_AUTH_TOKEN_FILE: join(folder, 'token'), LIBSQL_HOST: '0.0.0.0' });
    const address = url.replace('0.0.0.0', '127.0.0.1');
    await expect(httpDatabaseClient({ url: address }).execute('SELECT 1')).rejects.toThrow(
      /token is missing/,
    );
    const client = httpDatabaseClient({ url: address, authToken: 'a-token-from-a-file' });
    for (const sql of [`ATTACH '${folder}/other' AS other`, `VACUUM INTO '${folder}/other'`]) {
      await expect(client.execute(sql)).rejects.toMatchObject({ code: 'SQLITE_AUTH' });
    }
    await client.execute('VACUUM');
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });

  it.each([
    [
      'to be open to everybody',
      { LIBSQL_HOST: '0.0.0.0' },
      /others can reach 0\.0\.0\.0, so set LIBSQL_AUTH_TOKEN/,
    ],
    ['a token that is too short', { LIBSQL_AUTH_TOKEN: 'hunter2' }, /LIBSQL_AUTH_TOKEN: is too short/],
    ['a file that cannot be opened', { LIBSQL_FILE: '.' }, /cannot run: .*unable to open database file/],
  ])('refuses %s, and says so', async (_, env, sentence) => {
    await expect(start(env)).rejects.toThrow(sentence);
  });
});
