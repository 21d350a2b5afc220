import { ApiProblem, ApiUnreachable } from '@trainer/contract/client';
import { describe, expect, it } from 'vitest';
import { advance } from './advance.ts';
import { createFakeControlPlane } from './fake-control-plane.ts';
import { makeWorld } from './make-world.ts';
import { scenarios } from './world.ts';

describe('the fake control plane', () => {
  it.each(scenarios)(
    'answers as the contract says in the moment "%s", and after some of it has passed',
    async (scenario) => {
      const world = makeWorld(scenario);
      // The fake checks every answer against the schema of its route, so a wrong one throws here.
      const { call } = createFakeControlPlane(world);
      for (const seconds of [0, 3, 200]) {
        for (let each = 0; each < seconds; each += 1) advance(world);
        const runs = await call('GET /api/runs', { query: {} });
        for (const { id } of runs) await call('GET /api/runs/{id}', { params: { id } });
        await call('GET /api/sources');
        await call('GET /api/runners');
        await call('GET /api/config');
        await call('GET /api/config/revisions', { query: {} });
        await call('GET /api/config/revisions/{revision}', { params: { revision: 0 } });
        await call('GET /api/versions');
        for (const status of ['open', 'decided', 'closed'] as const)
          await call('GET /api/reviews', { query: { status } });
        const { id } = await call('POST /api/questions', { body: { about: 'Mara' } });
        await call('GET /api/questions/{id}', { params: { id } });
        await call('GET /api/exclusions');
        await call('GET /api/schedules');
        for (const { id: hook } of await call('GET /api/hooks')) {
          await call('GET /api/hooks/{id}/deliveries', { params: { id: hook }, query: {} });
          await call('POST /api/hooks/{id}/test', { params: { id: hook } });
        }
        await call('GET /api/tokens');
        await call('GET /api/session');
      }
      expect(world.runs.filter(({ status }) => status === 'running').length).toBeLessThanOrEqual(1);
    },
  );

  it('carries a run through to its version', async () => {
    const world = makeWorld('finished');
    const { call } = createFakeControlPlane(world);
    const { run_id: id } = await call('POST /api/build/start', { body: { sources: ['stashdb', 'thenude'] } });
    for (let each = 0; each < 300; each += 1) advance(world);
    expect(await call('GET /api/runs/{id}', { params: { id } })).toMatchObject({ status: 'completed' });
  });

  it('refuses as the real one does', async () => {
    const world = makeWorld('running');
    const { call } = createFakeControlPlane(world);
    const code = (promise: Promise<unknown>) =>
      promise.catch((error: unknown) => error instanceof ApiProblem && error.code);
    expect(await code(call('POST /api/build/start', { body: { sources: ['stashdb'] } }))).toBe('run_active');
    expect(await code(call('POST /api/build/start', { body: { max_faces_total: 0 } }))).toBe(
      'invalid_request',
    );
    expect(await code(call('PUT /api/config', { body: {}, headers: { 'if-match': '"1"' } }))).toBe(
      'revision_changed',
    );
    world.session = null;
    expect(await code(call('GET /api/runs', { query: {} }))).toBe('unauthenticated');
    world.offline = true;
    await expect(call('GET /api/runners')).rejects.toBeInstanceOf(ApiUnreachable);
  });
});
