import { createClient } from '@trainer/contract/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { aRunner, ask } from '../../../testing/a-runner.ts';
import { announceVersion, uploadMissing } from '../../../testing/announce-version.ts';
import { deployWorker } from '../../../testing/deploy-worker.ts';
import { AUTH_TOKEN, serveFreshDatabase, type TestDatabase } from '../../../testing/open-test-database.ts';
import { PAGES } from '../../../testing/pages.ts';
import { problemOf } from '../../../testing/problem-of.ts';
import { seedTask } from '../../../testing/seed-task.ts';
import { openDatabase } from '../../db/open.ts';
import { readMigrations } from '../node/open-database.ts';
import { realClock } from '../real-clock.ts';
import { startWorkerd, type Workerd } from './start-workerd.ts';

// The Worker as it is deployed, from its own entry and on the clock on the wall.

const ADMIN_TOKEN = 'an-admin-token-for-tests';

const get = ({ url }: Workerd, path: string) =>
  fetch(url + path, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });

describe('the Worker', () => {
  let database: TestDatabase;
  let workerd: Workerd;
  beforeAll(async () => {
    database = await serveFreshDatabase();
    workerd = await startWorkerd({
      bindings: { LIBSQL_URL: database.address, LIBSQL_AUTH_TOKEN: AUTH_TOKEN, ADMIN_TOKEN },
      assetsDir: PAGES,
    });
  });
  afterAll(async () => {
    await workerd[Symbol.asyncDispose]();
    await database.close();
  });

  const column = async (sql: string) =>
    (await database.client.execute(sql)).rows.map((row) => Object.values(row)[0]);

  it('prepares an empty database with every migration there is, also when several ask first, and lets the owner in', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => get(workerd, '/api/session')));
    for (const answer of answers) {
      expect(await answer.json()).toMatchObject({ name: 'ADMIN_TOKEN', scope: 'admin' });
    }
    expect(await column('SELECT name FROM migrations ORDER BY number')).toEqual(
      readMigrations().map(({ name }) => name),
    );
  });

  it('answers 300 that ask at once', async () => {
    const statuses = Array.from({ length: 300 }, async () => {
      const { status, body } = await get(workerd, '/api/runs');
      await body?.cancel();
      return status;
    });
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([200]));
  });

  it('does the chores of the cron trigger that fires', async () => {
    const call = createClient({ baseUrl: workerd.url, token: ADMIN_TOKEN });
    await call('POST /api/build/start', { body: { sources: ['stashdb'] } });
    await ask(call, aRunner());
    await database.client.execute("UPDATE tasks SET lease_expires_at = 0 WHERE status = 'leased'");
    await database.client.execute('UPDATE log_lines SET stored_at = 0');
    const worker = await workerd.miniflare.getWorker();
    await worker.scheduled({ cron: '* * * * *' });
    expect(await column("SELECT reason FROM tasks WHERE status = 'ready'")).toEqual([
      'Attic stopped sending heartbeats',
    ]);
    const before = await column('SELECT message FROM log_lines');
    expect(before.length).toBeGreaterThan(1);
    await worker.scheduled({ cron: '7 * * * *' });
    expect(await column('SELECT message FROM log_lines')).toEqual([before.at(-1)]);
  });

  it('removes from R2, by a cron trigger, what came of an upload that was given up', async () => {
    const call = createClient({ baseUrl: workerd.url, token: ADMIN_TOKEN });
    const lease = await seedTask(
      { db: openDatabase(database.client), clock: realClock },
      { kind: 'publish' },
    );
    await uploadMissing(call, announceVersion('2026.11.20'), lease);
    const [ticket] = await column("SELECT ticket FROM artifacts WHERE name = 'manifest.json'");
    const [key] = await column("SELECT version || '-' || id || '/manifest.json' FROM versions");
    const bucket = await workerd.miniflare.getR2Bucket('R2');
    const upload = bucket.resumeMultipartUpload(String(key), String(ticket));
    await upload.uploadPart(1, 'it is still open');
    await database.client.execute('UPDATE versions SET touched_at = 0');
    const worker = await workerd.miniflare.getWorker();
    await worker.scheduled({ cron: '37 * * * *' });
    await expect(upload.uploadPart(1, 'it is gone')).rejects.toThrow('(10024)');
    expect(await column('SELECT id FROM versions')).toEqual([]);
  });
});

describe('a Worker that is set up wrongly', () => {
  it.each([
    [
      'without its secrets',
      {},
      [
        'LIBSQL_URL: is not set: npx wrangler secret put LIBSQL_URL',
        'ADMIN_TOKEN: is not set, so nobody could get in: npx wrangler secret put ADMIN_TOKEN',
      ],
    ],
    [
      'with secrets that cannot be right',
      { LIBSQL_URL: 'eyJhbGciOiJFZERTQSJ9', ADMIN_TOKEN: 'hunter2' },
      [
        'LIBSQL_URL: expected a libsql or http address',
        'ADMIN_TOKEN: is too short: use at least 16 characters',
      ],
    ],
    [
      'whose database does not answer',
      { LIBSQL_URL: 'http://127.0.0.1:9', ADMIN_TOKEN },
      ['The database cannot be used now. The Worker’s log says why; "npx wrangler tail" shows it.'],
    ],
  ])('%s says what to do about it, and tells no secret', async (_, secrets, sentences) => {
    const worker = await deployWorker(secrets);
    const { status, detail } = await problemOf(await worker.request('/api/status'));
    expect(status).toBe(503);
    for (const sentence of sentences) expect(detail).toContain(sentence);
    const said = [detail, ...(await worker.logged())].join('\n');
    expect(said).toContain('error The control plane cannot answer: ');
    for (const secret of ['eyJhbGciOiJFZERTQSJ9', 'hunter2']) expect(said).not.toContain(secret);
  });

  it('answers for itself and shows the dashboard although the database is away', async () => {
    const worker = await deployWorker({ LIBSQL_URL: 'http://127.0.0.1:9', ADMIN_TOKEN });
    expect(await (await worker.request('/healthz')).json()).toEqual({ status: 'ok' });
    expect(await (await worker.request('/login')).text()).toContain('dashboard');
  });

  it('answers as soon as its database can be used', async () => {
    const database = await serveFreshDatabase();
    onTestFinished(database.close);
    const { client, address } = database;
    await client.execute(
      'CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT, applied_at INTEGER)',
    );
    await client.execute("INSERT INTO migrations VALUES (9999, '9999_future.sql', 0)");
    const worker = await deployWorker({
      LIBSQL_URL: address,
      LIBSQL_AUTH_TOKEN: AUTH_TOKEN,
      ADMIN_TOKEN,
    });
    expect((await worker.request('/api/status')).status).toBe(503);
    expect(await worker.logged()).toEqual([expect.stringContaining('The database has schema 9999')]);
    await client.execute('DROP TABLE migrations');
    expect((await worker.request('/api/status')).status).toBe(200);
  });
});
