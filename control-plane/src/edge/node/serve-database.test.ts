import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createClient } from '@libsql/client/http';
import { expect, it, onTestFinished } from 'vitest';
import { serveDatabase } from './serve-database.ts';

it('a served database does nothing more for a caller whose connection was cut while it waited', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'serve-database-'));
  const where = { host: '127.0.0.1', port: 0, authToken: undefined };
  const served = await serveDatabase(join(folder, 'db'), where);
  onTestFinished(async () => {
    await served.close();
    rmSync(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${served.port}`;
  const client = createClient({ url });
  await client.execute('CREATE TABLE numbers (number INTEGER)');
  const holder = await client.transaction('write');
  await holder.execute('INSERT INTO numbers VALUES (1)');
  const body = JSON.stringify({
    requests: [{ type: 'execute', stmt: { sql: 'INSERT INTO numbers VALUES (2)' } }],
  });
  const cut = connect(served.port, '127.0.0.1').resume();
  cut.end(
    `POST /v2/pipeline HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  // The server has given the request up before it closes its own half.
  await once(cut, 'close');
  await holder.commit();
  // Those who wait look again every 100 ms at the latest.
  await setTimeout(150);
  await client.execute('INSERT INTO numbers VALUES (3)');
  const { rows } = await client.execute('SELECT number FROM numbers');
  expect(rows).toEqual([{ number: 1 }, { number: 3 }]);
});

it('a served database refuses every call once its file was deleted, and says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'serve-database-'));
  const where = { host: '127.0.0.1', port: 0, authToken: undefined };
  const served = await serveDatabase(join(folder, 'db'), where);
  onTestFinished(async () => {
    await served.close();
    rmSync(folder, { recursive: true });
  });
  const client = createClient({ url: `http://127.0.0.1:${served.port}` });
  await client.execute('CREATE TABLE numbers (number INTEGER)');
  rmSync(join(folder, 'db'));
  await expect(client.execute('INSERT INTO numbers VALUES (1)')).rejects.toThrow(
    /db was deleted while the program ran/,
  );
});
