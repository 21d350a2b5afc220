import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createNodeApp } from '../../testing/create-node-app.ts';
import { problemOf } from '../../testing/problem-of.ts';

// Stores that fail when they are told to, and a database that is closed under the process.

async function fresh(...over: Parameters<typeof createNodeApp>) {
  const app = await createNodeApp(...over);
  onTestFinished(app.close);
  return app;
}

describe('readiness', () => {
  it('says in words everything that is wrong, and notices when it is right again', async () => {
    const { deps } = await fresh();
    let isFull = true;
    const check = async () => {
      if (isFull) throw new Error('the disk is full');
      await deps.objects.check();
    };
    const app = await fresh({ objects: { ...deps.objects, check } });
    await app.deps.db.run(sql`ALTER TABLE runs RENAME TO gone`);
    const { detail, status } = await problemOf(await app.request('/readyz'));
    expect(status).toBe(503);
    expect(detail).toMatch(/^The database cannot be read: .*no such table.* Check the disk .*LIBSQL_URL/);
    expect(detail).toMatch(/The version store cannot be used: the disk is full\. Check its disk or bucket/);
    isFull = false;
    await app.deps.db.run(sql`ALTER TABLE gone RENAME TO runs`);
    app.clock.advance(5_000);
    expect((await app.request('/readyz')).status).toBe(200);
  });

  it('says that the disk is short of room while all goes on, and that nothing can be written when it does not', async () => {
    const shortage = () => 'The disk of /data has 20 MB free: make room there';
    const app = await fresh({ shortage });
    expect(await app.as('read')('GET /readyz')).toMatchObject({
      status: 'ready',
      warnings: ['The disk of /data has 20 MB free: make room there. Until then no version can be uploaded.'],
    });
    app.clock.advance(5_000);
    await app.deps.db.run(sql`CREATE TRIGGER full BEFORE UPDATE ON migrations BEGIN
      SELECT RAISE(ABORT, 'database or disk is full'); END`);
    const { detail, status } = await problemOf(await app.request('/readyz'));
    expect(status).toBe(503);
    expect(detail).toMatch(
      /^The database cannot be written: .*database or disk is full\. Until then no runner/,
    );
  });

  it('answers unavailable while its disk is full, so that runners wait, and works again when there is room', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'full-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const app = await fresh({ databasePath: join(folder, 'control-plane.db') });
    const { rows } = await app.deps.db.$client.execute('PRAGMA page_count');
    await app.deps.db.$client.execute(`PRAGMA max_page_count = ${Number(rows[0]?.page_count)}`);
    const ask = (number: number) =>
      app.as('admin')('POST /api/exclusions', {
        body: {
          kind: 'url',
          value: { url: `https://example.org/${number}/${'x'.repeat(1_000)}` },
        },
      });
    const fill = async () => {
      for (let number = 0; number < 100; number += 1) await ask(number);
    };
    await expect(fill()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/disk is full: SQLITE_FULL: database or disk is full/),
    });
    await app.deps.db.$client.execute('PRAGMA max_page_count = 4294967294');
    await ask(1_000);
  });

  it('answers unavailable when its database was deleted under it, and says what to do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gone-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'control-plane.db');
    const app = await fresh({ databasePath: path });
    rmSync(path);
    await expect(app.as('read')('GET /api/runs', { query: { limit: 1 } })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`cannot use its database: ${path} was deleted while the program ran`),
    });
  });

  it('checks once for all requests within the cache time, and makes none wait for the check of another', async () => {
    const { deps } = await fresh();
    const looks: PromiseWithResolvers<void>[] = [];
    const check = () => {
      const look = Promise.withResolvers<void>();
      looks.push(look);
      return look.promise;
    };
    const app = await fresh({ objects: { ...deps.objects, check } });
    const first = app.request('/readyz');
    await expect.poll(() => looks).toHaveLength(1);
    looks[0]?.resolve();
    expect((await first).status).toBe(200);
    await app.request('/readyz');
    expect(looks).toHaveLength(1);

    app.clock.advance(5_000);
    const slow = app.request('/readyz');
    await expect.poll(() => looks).toHaveLength(2);
    expect((await app.request('/readyz')).status).toBe(200);
    looks[1]?.reject(new Error('the disk is full'));
    expect((await slow).status).toBe(503);
    expect((await app.request('/readyz')).status).toBe(503);
    expect(looks).toHaveLength(2);
  });
});

it('answers whether it lives without a look at anything', async () => {
  const app = await fresh();
  app.deps.db.$client.close();
  expect(await (await app.request('/healthz')).json()).toEqual({ status: 'ok' });
});
