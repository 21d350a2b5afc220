import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@libsql/client/web';
import { describe, expect, it, onTestFinished } from 'vitest';
import { take } from '../../testing/a-runner.ts';
import { announceVersion } from '../../testing/announce-version.ts';
import { createNodeApp } from '../../testing/create-node-app.ts';
import { seedHistory } from '../../testing/seed-history.ts';
import { tellAll } from '../../testing/tell-all.ts';
import { migrate } from '../db/migrate.ts';
import { openDatabaseFile, readMigrations } from '../edge/node/open-database.ts';
import { exclusionsInForce } from './carry-exclusions.ts';
import type { Page } from './format.ts';
import { listContents, listTables } from './list-contents.ts';
import { type LoadOptions, loadBackup } from './load-backup.ts';
import { readHeader, readPages } from './read-pages.ts';

const migrations = readMigrations();

/** A control plane that has seen something, and the lease that its runner holds. */
async function lively() {
  const app = await createNodeApp();
  onTestFinished(app.close);
  const calls = { admin: app.as('admin'), runner: app.as('runner') };
  const lease = await seedHistory(calls);
  return { app, ...calls, lease, client: app.deps.db.$client };
}

function emptyDatabase(path = ':memory:'): Client {
  const client = openDatabaseFile(path);
  onTestFinished(() => client.close());
  return client;
}

async function backUp(client: Client) {
  const pages: Page[] = [];
  const rows: Record<string, number> = {};
  for await (const page of readPages(client)) {
    pages.push(page);
    rows[page.table] = (rows[page.table] ?? 0) + page.rows.length;
  }
  return { header: await readHeader(client, 0), rows, pages };
}

type Taken = Awaited<ReturnType<typeof backUp>>;

function load(client: Client, { pages, ...backup }: Taken, over: Partial<LoadOptions> = {}) {
  async function* inTurn() {
    yield* pages;
  }
  const options = { migrations, now: 0, exclusions: [], ...over };
  return loadBackup(client, { ...backup, pages: inTurn() }, options);
}

/** A control plane on a database that the backup was loaded into. */
async function restored(backup: Taken) {
  const folder = mkdtempSync(join(tmpdir(), 'restored-'));
  const databasePath = join(folder, 'control-plane.db');
  const client = openDatabaseFile(databasePath);
  await load(client, backup);
  client.close();
  const app = await createNodeApp({ databasePath });
  onTestFinished(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });
  return { app, admin: app.as('admin'), runner: app.as('runner') };
}

const one = async (client: Client, sql: string) =>
  Object.values((await client.execute(sql)).rows[0] ?? {})[0];

describe('a restored database', () => {
  it('tells the same as the one that was backed up', async () => {
    const { admin, client } = await lively();
    const after = await restored(await backUp(client));
    const all = await tellAll(admin);
    expect(all.runs[0]?.version).toBe('2026.01.01');
    expect(all.exclusions[0]?.receipt).not.toBeNull();
    expect(await tellAll(after.admin)).toEqual(all);
  });

  it('counts on from above every number that a runner may still hold', async () => {
    const { runner, client, lease } = await lively();
    const backup = await backUp(client);
    // What happens after the backup: the task is handed back and granted anew, here and there.
    const release = { params: { task: lease.task_id }, body: { fence: lease.fence, reason: 'test' } };
    await runner('POST /api/leases/{task}/release', release);
    const lost = await take(runner);
    const after = await restored(backup);
    const beat = (fence: number) =>
      after.runner('POST /api/leases/{task}/heartbeat', { params: { task: lease.task_id }, body: { fence } });
    await expect(beat(lease.fence)).rejects.toMatchObject({ code: 'lease_lost' });
    await expect(beat(lost.fence)).rejects.toMatchObject({ code: 'lease_lost' });
    const granted = await take(after.runner);
    expect(granted.task_id).toBe(lease.task_id);
    expect(granted.fence).toBeGreaterThan(lost.fence + 900);
    await expect(beat(lost.fence)).rejects.toMatchObject({ code: 'lease_lost' });

    const body = { sources: ['folder' as const], queue: true };
    expect((await after.admin('POST /api/build/start', { body })).run_id).toBe(1_004);
  });

  it('gives no id out again, also where the newest rows were gone already', async () => {
    const { client } = await lively();
    await client.execute('DELETE FROM log_lines');
    const into = emptyDatabase();
    await load(into, await backUp(client));
    const given = await client.execute('SELECT name, seq FROM sqlite_sequence');
    for (const { name, seq } of given.rows.filter((row) => row.name !== 'tokens')) {
      const next = `SELECT seq FROM sqlite_sequence WHERE name = '${name}'`;
      expect(await one(into, next), String(name)).toBe(Number(seq) + 1_000);
    }
  });

  it('has no upload that was under way', async () => {
    const { runner, client, lease } = await lively();
    await client.execute("UPDATE tasks SET kind = 'publish', source = NULL WHERE status = 'leased'");
    await runner('POST /api/leases/{task}/version', {
      params: { task: lease.task_id },
      body: { fence: lease.fence, ...announceVersion('2026.01.02').announced },
    });
    const into = emptyDatabase();
    await load(into, await backUp(client));
    expect(await one(into, 'SELECT group_concat(version) FROM versions')).toBe('2026.01.01');
    expect(await one(into, 'SELECT count(DISTINCT version_id) FROM artifacts')).toBe(1);
    expect(await one(into, 'SELECT count(*) FROM parts')).toBe(0);
  });

  it('is whole although its backup was read while a run began', async () => {
    const { client } = await lively();
    const backup = await backUp(client);
    const isRun = ({ table }: Page) => table === 'runs';
    const pages = backup.pages.map((page) =>
      isRun(page) ? { ...page, rows: page.rows.filter(([id]) => id !== 1) } : page,
    );
    const into = emptyDatabase();
    await load(into, { ...backup, pages, rows: { ...backup.rows, runs: 2 } });
    expect((await into.execute('PRAGMA foreign_key_check')).rows).toEqual([]);
    expect(await one(into, 'SELECT count(*) FROM tasks')).toBe(5);
  });

  it('keeps people out who have asked for it since', async () => {
    const { admin, client } = await lively();
    const backup = await backUp(client);
    await admin('POST /api/exclusions', {
      body: { kind: 'name', value: { name: 'Bea Example', birth_year: 1985 }, note: 'later' },
    });
    const into = emptyDatabase();
    expect(await load(into, backup, { exclusions: await exclusionsInForce(client) })).toBe(1);
    const { rows } = await into.execute('SELECT note FROM exclusions WHERE removed_at IS NULL ORDER BY id');
    expect(rows.map(({ note }) => note)).toEqual(['asked by letter', 'later']);
    expect(await one(into, 'SELECT max(id) FROM exclusions')).toBeGreaterThan(1_000);
  });

  it('keeps them out also when the restore had to be repeated', async () => {
    const { client } = await lively();
    const taken = await backUp(client);
    const isExclusions = ({ table }: Page) => table.endsWith('exclusions');
    const backup = {
      ...taken,
      pages: taken.pages.filter((page) => !isExclusions(page)),
      rows: { ...taken.rows, exclusions: 0, enforced_exclusions: 0 },
    };
    const exclusions = await exclusionsInForce(client);
    const into = emptyDatabase();
    const half = { ...backup, pages: backup.pages.slice(0, 2) };
    await expect(load(into, half, { exclusions })).rejects.toThrow('rows of');
    expect(await load(into, backup, { exclusions: await exclusionsInForce(into) })).toBe(1);
    expect(await one(into, 'SELECT note FROM exclusions')).toBe('asked by letter');
    expect(await listTables(into)).not.toContain('carried_exclusions');
  });

  it('comes forward from an older schema through the migrations since', async () => {
    const old = emptyDatabase();
    await migrate(
      old,
      migrations.filter(({ name }) => name < '0006'),
      0,
    );
    await old.execute(`INSERT INTO runs (status, requested_by, created_at, params, config, config_revision)
      VALUES ('queued', 'me', 0, '{}', '{}', 0)`);
    const backup = await backUp(old);
    expect(backup.header.schema).toBe(5);
    const into = emptyDatabase();
    const since = { name: '9000_since.sql', sql: "UPDATE runs SET reason = 'came along';\n" };
    await load(into, backup, { migrations: [...migrations, since] });
    expect(await one(into, 'SELECT reason FROM runs')).toBe('came along');
    expect(await one(into, 'SELECT max(number) FROM migrations')).toBe(9000);
    expect(await migrate(into, [...migrations, since], 0)).toEqual([]);
  });

  it('cannot be used until all of it has arrived', async () => {
    const { client } = await lively();
    const backup = await backUp(client);
    const into = emptyDatabase();
    await expect(load(into, { ...backup, pages: backup.pages.slice(0, -1) })).rejects.toThrow(
      /^0 of \d+ rows of log_lines arrived$/,
    );
    await expect(migrate(into, migrations, 0)).rejects.toThrow(
      'A restore into this database was begun and has not finished, so nothing may use it. Repeat the restore with --replace.',
    );
    expect(await listContents(into)).toBe('what a restore that did not finish has left');
    await load(into, backup);
    expect(await migrate(into, migrations, 0)).toEqual([]);
  });
});

describe('the contents of a database', () => {
  it('are nothing as long as nobody has used it', async () => {
    const client = emptyDatabase();
    expect(await listContents(client)).toBeNull();
    const app = await createNodeApp();
    onTestFinished(app.close);
    await take(app.as('runner')).catch(() => null);
    expect(await listContents(app.deps.db.$client)).toBeNull();
  });

  it('are told, and those of other programs are refused', async () => {
    const { client } = await lively();
    expect(await listContents(client)).toMatch(
      /^config revisions: 2, versions: 1, artifacts: 2, runs: 3, tasks: 7/,
    );
    const foreign = emptyDatabase();
    await foreign.execute('CREATE TABLE recipes (x)');
    await expect(listContents(foreign)).rejects.toThrow('not a control plane’s: it has the tables recipes');
    await expect(readHeader(foreign, 0)).rejects.toThrow('not a control plane’s');
  });
});
