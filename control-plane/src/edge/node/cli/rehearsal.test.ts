import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Call, createClient } from '@trainer/contract/client';
import type { Lease } from '@trainer/contract/leases';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { progressOf, take } from '../../../../testing/a-runner.ts';
import { createNodeApp } from '../../../../testing/create-node-app.ts';
import { runCommand } from '../../../../testing/run-command.ts';
import { addLines, seedHistory } from '../../../../testing/seed-history.ts';
import { startProgram } from '../../../../testing/start-program.ts';
import { tellAll } from '../../../../testing/tell-all.ts';
import { serveDatabase } from '../serve-database.ts';

let folder = '';
const closing: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);

/** Starts a control plane as its user does, and calls it with the tokens that its first start leaves. */
async function start(env: { DATA_DIR: string; LIBSQL_URL?: string }) {
  const { url, process: child, ended } = await startProgram(env);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  closing.push(stop);
  const call = (scope: 'admin' | 'runner') =>
    createClient({
      baseUrl: url,
      token: readFileSync(join(env.DATA_DIR, `${scope}-token`), 'utf8').trim(),
    });
  return { url, stop, admin: call('admin'), runner: call('runner') };
}

/** A control plane within this process that has seen something; its file may be backed up and its API asked. */
async function livelyIn(dataDir: string): Promise<Call> {
  mkdirSync(dataDir);
  const app = await createNodeApp({ databasePath: join(dataDir, 'control-plane.db') });
  closing.push(async () => app.close());
  await seedHistory({ admin: app.as('admin'), runner: app.as('runner') });
  return app.as('admin');
}

/** A libSQL server, as Turso is one. */
async function startServer() {
  const served = await serveDatabase(at('libsql.db'), {
    host: '127.0.0.1',
    port: 0,
    authToken: undefined,
  });
  closing.push(served.close);
  return `http://127.0.0.1:${served.port}`;
}

/** A runner that goes on reporting and logging as fast as it can, until it is told to stop. */
function workOn({ runner }: Pick<Awaited<ReturnType<typeof start>>, 'runner'>, lease: Lease) {
  const { task_id: task, fence } = lease;
  let isOver = false;
  let lines = 0;
  const work = async () => {
    for (let seq = 1; !isOver; seq += 5) {
      const progress = progressOf({ performers_processed: seq });
      await runner('POST /api/leases/{task}/heartbeat', { params: { task }, body: { fence, progress } });
      await addLines(runner, lease, seq, 5);
      lines += 5;
    }
  };
  const working = work();
  return {
    lines: () => lines,
    stop: () => {
      isOver = true;
      return working;
    },
  };
}

describe('a rehearsed restore', () => {
  it('brings a control plane back that was backed up while it worked', async () => {
    const [before, after] = [at('before'), at('after')];
    const first = await start({ DATA_DIR: before });
    const lease = await seedHistory(first, 4_000);
    const work = workOn(first, lease);
    await expect.poll(work.lines).toBeGreaterThan(20);

    let file = '';
    // A backup during which nothing was written shows nothing.
    for (let backups = 1; ; backups += 1) {
      file = at(`backup-${backups}.gz`);
      const since = work.lines();
      expect(await runCommand(['backup', file], { DATA_DIR: before })).toMatchObject({ code: 0, err: '' });
      if (work.lines() > since) break;
    }
    const all = await tellAll(first.admin);
    await work.stop();
    await first.stop();

    mkdirSync(after);
    cpSync(join(before, 'versions'), join(after, 'versions'), { recursive: true });
    const restored = await runCommand(['restore', file], { DATA_DIR: after });
    expect(restored).toMatchObject({ code: 0, err: '' });
    expect(restored.out).not.toContain('Files of versions');
    expect(linesAndCount(after, lease.task_id)).toEqual({ lines: expect.any(Number), isOneMoment: true });

    const second = await start({ DATA_DIR: after });
    expect(await tellAll(second.admin)).toEqual(all);
    const [version] = all.versions;
    const artifact = { version: version?.version ?? '', name: version?.filename ?? '' };
    const download = await second.admin('GET /api/versions/{version}/artifacts/{name}', { params: artifact });
    expect((await download.arrayBuffer()).byteLength).toBe(version?.artifacts[0]?.size);

    const beat = { params: { task: lease.task_id }, body: { fence: lease.fence } };
    await expect(second.runner('POST /api/leases/{task}/heartbeat', beat)).rejects.toMatchObject({
      code: 'lease_lost',
    });
    const again = await take(second.runner);
    expect(again).toMatchObject({ task_id: lease.task_id, fence: lease.fence + 1_001 });
    await addLines(second.runner, again, again.next_log_seq, 1);
  });

  it('moves a control plane from a file to a libSQL server and back', async () => {
    const [here, back, out, home] = [at('here'), at('back'), at('out.gz'), at('home.gz')];
    const there = { DATA_DIR: at('there'), LIBSQL_URL: await startServer() };
    const all = await tellAll(await livelyIn(here));
    expect(await runCommand(['backup', out], { DATA_DIR: here })).toMatchObject({ code: 0 });
    expect(await runCommand(['restore', out], there)).toMatchObject({ code: 0, err: '' });
    const moved = await start(there);
    expect(await tellAll(moved.admin)).toEqual(all);

    const saved = await runCommand(['backup', home], there);
    expect(saved).toMatchObject({ code: 0, err: '' });
    expect(saved.out).toMatch(/^Run 2 is active\. Over HTTP a backup is exact only while no run is/m);
    expect(await runCommand(['restore', home], { DATA_DIR: back })).toMatchObject({ code: 0 });
    const app = await createNodeApp({ databasePath: join(back, 'control-plane.db') });
    closing.push(async () => app.close());
    expect(await tellAll(app.as('admin'))).toEqual(all);
  });

  it('says over HTTP what to do when it did not finish, and shuts the control plane out until then', async () => {
    const [here, file] = [at('here'), at('backup.gz')];
    const there = { DATA_DIR: at('there'), LIBSQL_URL: await startServer() };
    await livelyIn(here);
    expect(await runCommand(['backup', file], { DATA_DIR: here })).toMatchObject({ code: 0 });
    expect(await runCommand(['restore', file], there)).toMatchObject({ code: 0 });
    const database = new DatabaseSync(at('libsql.db'));
    database.exec("INSERT INTO migrations VALUES (999999999, 'a restore is under way', 0)");
    database.close();
    await expect(start(there)).rejects.toThrow(
      /was begun and has not finished.* Repeat the restore with --replace/,
    );
    expect(await runCommand(['restore', file], there)).toMatchObject({
      code: 3,
      err: expect.stringMatching(/holds what a restore that did not finish has left/),
    });
    expect(await runCommand(['restore', file, '--replace'], there)).toMatchObject({ code: 0 });
    expect(await runCommand(['login-link'], there)).toMatchObject({ code: 0 });
  });
});

/** Whether a task and its log are of the same moment: they are written in one transaction. */
function linesAndCount(dataDir: string, task: string) {
  const database = new DatabaseSync(join(dataDir, 'control-plane.db'));
  const { next } = database.prepare('SELECT next_log_seq AS next FROM tasks WHERE id = ?').get(task) ?? {};
  const { lines } =
    database
      .prepare('SELECT count(*) AS lines FROM log_lines WHERE task_id = ? AND seq IS NOT NULL')
      .get(task) ?? {};
  database.close();
  return { lines, isOneMoment: Number(next) - 1 === Number(lines) };
}
