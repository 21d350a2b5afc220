import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createClient } from '@trainer/contract/client';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { aRunner, take } from '../../../testing/a-runner.ts';
import { problemOf } from '../../../testing/problem-of.ts';
import { openReceiver } from '../../../testing/receiver.ts';
import { startProgram } from '../../../testing/start-program.ts';

let folder: string;
const started: Awaited<ReturnType<typeof startProgram>>[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'control-plane-'));
});
afterEach(async () => {
  for (const { process, ended } of started.splice(0)) {
    process.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true });
});

async function start(env: Record<string, string> = {}) {
  const program = await startProgram({ DATA_DIR: folder, ...env });
  started.push(program);
  const call = (scope: 'admin' | 'runner') =>
    createClient({
      baseUrl: program.url,
      token: readFileSync(join(folder, `${scope}-token`), 'utf8').trim(),
    });
  return { ...program, call };
}

describe('the program', () => {
  it('makes its database and folders for its owner alone, unless UMASK says otherwise', async () => {
    const dataDir = join(folder, 'data');
    const { url } = await start({ DATA_DIR: dataDir });
    await fetch(`${url}/readyz`);
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    expect(mode(dataDir)).toBe('700');
    for (const name of readdirSync(dataDir)) {
      expect(`${name} ${mode(join(dataDir, name))}`).toBe(`${name} ${name === 'versions' ? '700' : '600'}`);
    }
    const shared = join(folder, 'shared');
    await start({ DATA_DIR: shared, UMASK: '027' });
    expect([mode(shared), mode(join(shared, 'control-plane.db'))]).toEqual(['750', '640']);
    await expect(start({ UMASK: '0o27' })).rejects.toThrow(/UMASK: expected octal digits/);
  });

  it('refuses to share its folder with another one, and says with which', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(
      new RegExp(
        `Another control plane \\(process ${first.process.pid} on .*\\) works in ${folder}: stop it`,
      ),
    );
    first.process.kill('SIGKILL');
    await first.ended;
    expect(await (await fetch(`${(await start()).url}/readyz`)).json()).toMatchObject({ status: 'ready' });
  });

  it.each([
    ['deleted', () => rmSync(folder, { recursive: true })],
    ['replaced', () => renameSync(folder, `${folder}-before`)],
  ])('notices that its folder was %s, and acknowledges nothing from then on', async (what, change) => {
    const { url, call } = await start();
    const admin = call('admin');
    await admin('GET /api/session');
    change();
    if (what === 'replaced') {
      onTestFinished(() => rmSync(`${folder}-before`, { recursive: true }));
      cpSync(`${folder}-before`, folder, { recursive: true });
    }
    await expect(admin('POST /api/build/start', { body: { sources: ['folder'] } })).rejects.toThrow();
    const { detail } = await problemOf(await fetch(`${url}/readyz`));
    expect(detail).toMatch(new RegExp(`control-plane\\.db was ${what} while the program ran\\. Put back`));
    mkdirSync(folder, { recursive: true });
  });

  it('lets its owner in at the first start, and shows the link to it once', async () => {
    const first = await start();
    const link = /http:\/\/127\.0\.0\.1:\d+\/login#code=[0-9a-f]{64}/;
    await expect.poll(first.printed).toMatch(link);
    for (const name of ['admin-token', 'runner-token', 'secret-key']) {
      expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
      expect(first.printed()).not.toContain(readFileSync(join(folder, name), 'utf8').trim());
    }
    expect(await first.call('admin')('GET /api/session')).toMatchObject({ name: 'owner', scope: 'admin' });
    expect(await first.call('runner')('GET /api/session')).toMatchObject({ scope: 'runner' });
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const token = readFileSync(join(folder, 'admin-token'), 'utf8');
    const second = await start();
    expect(await (await fetch(`${second.url}/readyz`)).json()).toMatchObject({ status: 'ready' });
    expect(second.printed()).not.toMatch(link);
    expect(readFileSync(join(folder, 'admin-token'), 'utf8')).toBe(token);
  });

  it('takes tokens from the environment, and shuts out the one before', async () => {
    const session = (url: string, token: string) =>
      fetch(`${url}/api/session`, { headers: { authorization: `Bearer ${token}` } });
    const first = await start({ ADMIN_TOKEN: 'a-token-from-compose' });
    expect((await session(first.url, 'a-token-from-compose')).status).toBe(200);
    first.process.kill('SIGTERM');
    await first.ended;
    const second = await start({ ADMIN_TOKEN: 'another-token-from-compose' });
    expect((await session(second.url, 'another-token-from-compose')).status).toBe(200);
    expect((await session(second.url, 'a-token-from-compose')).status).toBe(401);
  });

  it('ends on SIGTERM, answering those who still wait', async () => {
    const { process: child, call, ended } = await start();
    const runner = call('runner');
    const polled = runner('POST /api/leases', { body: aRunner() });
    const stream = await call('admin')('GET /api/logs', { query: {}, headers: {} });
    await expect.poll(() => call('admin')('GET /api/runners')).toHaveLength(1);
    child.kill('SIGTERM');
    expect(await polled).toEqual({ lease: null, question: null });
    await stream.text();
    expect(await ended).toBe(0);
  });

  it('tells a hook of what happens, and ends although its receiver does not answer', async () => {
    await using receiver = await openReceiver();
    const first = await start();
    const hook = {
      name: 'script',
      kind: 'webhook' as const,
      address: receiver.url,
      events: ['run.started' as const],
    };
    await first.call('admin')('POST /api/hooks', { body: hook });
    receiver.answers.push({ hangs: true });
    await first.call('admin')('POST /api/build/start', { body: { sources: ['folder'] } });
    await expect.poll(() => receiver.received.length).toBe(1);
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const database = new DatabaseSync(join(folder, 'control-plane.db'));
    // Here, because the next process soon tries again.
    expect(database.prepare('SELECT event, attempts, last_error FROM deliveries').all()).toMatchObject([
      {
        event: 'run.started',
        attempts: 1,
        last_error: expect.stringMatching(/the control plane shut down$/),
      },
    ]);
    database.close();
    // The next process opens with the same key what was sealed.
    const second = await start();
    await second.call('admin')('POST /api/hooks/{id}/test', { params: { id: 1 } });
    expect(receiver.received.at(-1)?.headers['webhook-signature']).toMatch(/^v1,/);
  });

  it('keeps what was acknowledged when it is killed', async () => {
    const first = await start();
    await first.call('admin')('POST /api/build/start', { body: { sources: ['folder'] } });
    const lease = await take(first.call('runner'));
    first.process.kill('SIGKILL');
    await first.ended;
    const second = await start();
    // On a slow machine the lease itself has lapsed by now; that it was granted is known all the same.
    const { tasks } = await second.call('admin')('GET /api/runs/{id}', { params: { id: lease.run_id } });
    expect(tasks[0]).toMatchObject({ source: 'folder', attempts: 1, runner: 'Attic' });
  });

  it('does not let a poller that hung up swallow a lease', async () => {
    const { call } = await start();
    const caller = new AbortController();
    const gone = call('runner')('POST /api/leases', {
      body: aRunner({ runner_id: 'gone' }),
      signal: caller.signal,
    }).catch(() => null);
    await expect.poll(() => call('admin')('GET /api/runners')).toHaveLength(1);
    caller.abort();
    await gone;
    await call('admin')('POST /api/build/start', { body: { sources: ['folder'] } });
    const { lease } = await call('runner')('POST /api/leases', { body: aRunner() });
    expect(lease?.task_id).toBe('1.folder');
    expect(lease?.attempt).toBe(1);
  });

  it.each([
    ['a setting that makes no sense', { PORT: 'http' }, /PORT: expected a port number \(it is "http"\)/],
    ['a token that is too short', { ADMIN_TOKEN: 'hunter2' }, /ADMIN_TOKEN: is too short.*16 characters$/m],
    ['a key that is too short', { SECRET_KEY: 'hunter2' }, /SECRET_KEY: is too short.*32 characters$/m],
  ])('refuses %s, and says so', async (_, env, sentence) => {
    await expect(start(env)).rejects.toThrow(sentence);
    await expect(start(env)).rejects.not.toThrow(/hunter2/);
  });

  it('refuses a database from the future', async () => {
    const program = await start();
    program.process.kill('SIGTERM');
    await program.ended;
    const database = new DatabaseSync(join(folder, 'control-plane.db'));
    database.exec("INSERT INTO migrations VALUES (9999, '9999_future.sql', 0)");
    database.close();
    await expect(start()).rejects.toThrow(/has schema 9999.*restore a backup/);
  });
});
