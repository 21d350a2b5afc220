import { createClient } from '@trainer/contract/client';
import { limits } from '@trainer/contract/limits';
import { routes } from '@trainer/contract/routes';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask, finish, progressOf, take, waitForWork } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';

async function appWithRun(): Promise<TestApp> {
  const app = await createTestApp();
  onTestFinished(app.close);
  await app.as('trigger')('POST /api/build/start', { body: { sources: ['stashdb'] } });
  return app;
}

/** Another token of scope runner, and a caller that shows it. */
async function another(app: TestApp) {
  const { id, token } = await app.as('admin')('POST /api/tokens', { body: { name: 'Two', scope: 'runner' } });
  const byPath: typeof fetch = (input, init) => app.request(String(input).slice(app.origin.length), init);
  return { id, token, call: createClient({ baseUrl: app.origin, token, fetch: byPath }) };
}

/** A body for every route under a lease that its schema takes. */
const bodies: Record<string, unknown> = {
  heartbeat: { fence: 1 },
  logs: {
    fence: 1,
    lines: [{ seq: 1, time: '2026-01-01T00:00:00Z', level: 'info', source: null, message: 'hello' }],
  },
  complete: { fence: 1, outcome: 'skipped', reason: 'not mine', progress: progressOf() },
  release: { fence: 1, reason: 'not mine' },
  version: {
    fence: 1,
    version: '2026.01.01',
    filename: 'a.zip',
    artifacts: [{ name: 'a.zip', size: 1, sha256: '0'.repeat(64) }],
    manifest: {
      version: '2026.01.01',
      created_at: '2026-01-01T00:00:00Z',
      performer_count: 1,
      face_count: 1,
      sources: [],
      checksums: {},
      format: 'stash-sense',
      model_pack: 'starter',
      parent_version: null,
    },
    quality: { faces_per_performer: 1, single_face_share: 1, self_recognition: null, warnings: [] },
  },
  publish: { fence: 1 },
  exclusions: { fence: 1, enforced: [] },
  reviews: { fence: 1, reviews: [] },
};

describe('a lease', () => {
  const underLease = Object.keys(routes).filter((key) => key.includes('/leases/{task}/'));

  it.each(underLease)('is of no use to another token: %s', async (key) => {
    const app = await appWithRun();
    const lease = await take(app.as('runner'));
    const [method = '', path = ''] = key.split(' ');
    const isPart = path.includes('/parts/');
    const url = path.replace('{task}', lease.task_id).replace('{name}', 'a.zip').replace('{number}', '1');
    const body = bodies[path.split('/').at(-1) ?? ''];
    const send = (authorization: string) =>
      app.request(isPart ? `${url}?fence=1` : url, {
        method,
        headers: {
          authorization,
          'content-type': isPart ? 'application/octet-stream' : 'application/json',
          'x-content-sha256': '0'.repeat(64),
        },
        body: isPart ? 'x' : JSON.stringify(body),
      });
    for (const token of [(await another(app)).token, app.tokens.admin]) {
      const refused = await send(`Bearer ${token}`);
      expect(await refused.json()).toMatchObject({
        code: 'lease_lost',
        detail: expect.stringContaining('another token'),
      });
    }
    const own = await send(`Bearer ${app.tokens.runner}`);
    expect(await own.text()).not.toContain('another token');
  });

  it('does not lapse because a holder of another token uses its runner’s id', async () => {
    const app = await appWithRun();
    const call = app.as('runner');
    await take(call, { instance_id: 'first' });
    const { call: stranger } = await another(app);
    expect(await ask(stranger, { instance_id: 'second' })).toBeNull();
    expect(await ask(call, { instance_id: 'third' })).toMatchObject({ attempt: 2 });
  });

  it('comes back at once to a runner whose token was replaced', async () => {
    const app = await appWithRun();
    const { id, call } = await another(app);
    await take(call, { instance_id: 'first' });
    await app.as('admin')('DELETE /api/tokens/{id}', { params: { id } });
    expect(await take(app.as('runner'), { instance_id: 'second' })).toMatchObject({ attempt: 2 });
  });

  it('goes to the next token once it has lapsed', async () => {
    const app = await appWithRun();
    await take(app.as('runner'));
    app.clock.advance(limits.firstHeartbeatMs);
    const { call } = await another(app);
    await finish(call, await take(call, { runner_id: 'runner-2' }));
  });

  it('is not given to a request that waited while its token was revoked', async () => {
    const app = await createTestApp();
    onTestFinished(app.close);
    const { id, call } = await another(app);
    const waiting = waitForWork(call);
    await expect.poll(app.sleepers, { interval: 1 }).toBe(1);
    await app.as('admin')('DELETE /api/tokens/{id}', { params: { id } });
    await app.as('trigger')('POST /api/build/start', { body: { sources: ['stashdb'] } });
    app.clock.advance(limits.longPollMaxMs);
    expect(await waiting).toMatchObject({ lease: null });
    const run = await app.as('read')('GET /api/runs/{id}', { params: { id: 1 } });
    expect(run.tasks[0]).toMatchObject({ attempts: 0 });
  });
});
