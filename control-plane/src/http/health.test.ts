import { sql } from 'drizzle-orm';
import { expect, it, onTestFinished } from 'vitest';
import { createNodeApp } from '../testing/create-node-app.ts';
import { problemOf } from '../testing/problem-of.ts';

async function fresh() {
  const app = await createNodeApp();
  onTestFinished(app.close);
  return app;
}

it('is ready, and says of what', async () => {
  const app = await fresh();
  expect(await (await app.request('/healthz')).json()).toEqual({ status: 'ok' });
  expect(await (await app.request('/readyz')).json()).toEqual({
    status: 'ready',
    checks: { database: 'can be used', 'version store': 'can be used' },
  });
});

it('says in words everything that is wrong, and notices when it is right again', async () => {
  const app = await fresh();
  let isFull = true;
  const { check } = app.deps.objects;
  app.deps.objects.check = async () => {
    if (isFull) throw new Error('the disk is full');
    await check();
  };
  const again = await createNodeApp({ objects: app.deps.objects });
  onTestFinished(again.close);
  await again.deps.db.run(sql`ALTER TABLE runs RENAME TO gone`);
  const { detail, status } = await problemOf(await again.request('/readyz'));
  expect(status).toBe(503);
  expect(detail).toMatch(
    /^The database cannot be read: .* The version store cannot be used: the disk is full\.$/,
  );
  expect((await again.request('/healthz')).status).toBe(200);
  isFull = false;
  await again.deps.db.run(sql`ALTER TABLE gone RENAME TO runs`);
  again.clock.advance(5_000);
  expect((await again.request('/readyz')).status).toBe(200);
});
