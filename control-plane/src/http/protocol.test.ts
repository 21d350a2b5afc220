import { version } from '@trainer/contract/version';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aRunner, ask, take } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { problemOf } from '../../testing/problem-of.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

const start = () => app.as('trigger')('POST /api/build/start', { body: { sources: ['stashdb'] } });
const poll = (headers: Record<string, string>, body: object = aRunner()) =>
  app.request('/api/leases', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${app.tokens.runner}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify({ ...body, wait_ms: 0 }),
  });
const later = { 'stash-sense-protocol': '7-8', 'stash-sense-program': 'runner/9.0.0' };
const earlier = { 'stash-sense-protocol': '0', 'stash-sense-program': 'runner/0.0.1' };

describe('a runner whose protocol does not fit', () => {
  it.each([
    [
      later,
      'too_new',
      `The runner 9.0.0 speaks protocol 7-8, and the control plane ${version} speaks 1: upgrade the control plane.`,
    ],
    [
      earlier,
      'too_old',
      `The runner 0.0.1 speaks protocol 0, and the control plane ${version} speaks 1: upgrade the runner.`,
    ],
  ])('%j is refused before anything is claimed, and shown as %s', async (headers, verdict, reason) => {
    await start();
    expect(await problemOf(await poll(headers))).toMatchObject({
      status: 409,
      code: 'protocol_mismatch',
      detail: reason,
    });
    const [run] = await app.as('read')('GET /api/runs', { query: {} });
    const { tasks } = await app.as('read')('GET /api/runs/{id}', { params: { id: run?.id ?? 0 } });
    expect(tasks.map(({ attempts }) => attempts)).toEqual([0, 0]);
    expect(await app.as('read')('GET /api/runners')).toMatchObject([
      { name: 'Attic', online: false, refused: { verdict, reason } },
    ]);
  });

  it('is shown even when nothing else of what it says can be read, and leaves no trace when it names nobody', async () => {
    await poll(later, { runner_id: 'r-9', name: ['a', 'b'], catalog_id: 7, of: 'a later release' });
    await poll(later, { something: 'else' });
    expect(await app.as('read')('GET /api/runners')).toMatchObject([
      { runner_id: 'r-9', name: 'a runner', version: '9.0.0', refused: { verdict: 'too_new' } },
    ]);
  });

  it('serves no source, and is like any other once it was upgraded', async () => {
    const stashdb = { id: 'stashdb', available: true, reason: null } as const;
    await poll(later, aRunner({ sources: [stashdb] }));
    const sources = await app.as('read')('GET /api/sources');
    expect(sources.find(({ id }) => id === 'stashdb')).toMatchObject({ available: false });
    await start();
    expect(await ask(app.as('runner'))).not.toBeNull();
    const [runner] = await app.as('read')('GET /api/runners');
    expect(runner).toMatchObject({ online: true });
    expect(runner).not.toHaveProperty('refused');
  });
});

describe('the protocol of a request', () => {
  it('is 1 when none is stated, and one of a range is enough', async () => {
    expect((await poll({})).status).toBe(200);
    expect((await poll({ 'stash-sense-protocol': '1-9' })).status).toBe(200);
  });

  it('has to be a number', async () => {
    expect(await problemOf(await poll({ 'stash-sense-protocol': 'new' }))).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'stash-sense-protocol' }],
    });
  });

  it('does not matter where everybody may look, and every answer states ours', async () => {
    for (const path of ['/healthz', '/readyz', '/api/status', '/api/openapi.json']) {
      const answer = await app.request(path, { headers: later });
      expect(answer.status, path).toBe(200);
      expect(answer.headers.get('stash-sense-protocol')).toBe('1');
      expect(answer.headers.get('stash-sense-program')).toBe(`control-plane/${version}`);
    }
    const refused = await poll({ authorization: 'Bearer wrong' });
    expect(refused.headers.get('stash-sense-protocol')).toBe('1');
  });
});

describe('a field that only a later release knows', () => {
  it('is named together with both releases', async () => {
    const response = await app.request('/api/build/start', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${app.tokens.trigger}`,
        'content-type': 'application/json',
        'stash-sense-program': 'cli/9.0.0',
      },
      body: JSON.stringify({ sources: ['stashdb'], speed: 'high' }),
    });
    expect((await problemOf(response)).detail).toBe(
      `speed: is not a known field. The command line is 9.0.0 and the control plane ${version}; bring both to the same release.`,
    );
  });

  it('is ignored in what a runner sends', async () => {
    await start();
    const lease = await take(app.as('runner'));
    const beat = { fence: lease.fence, mood: 'good' };
    const answer = await app.as('runner')('POST /api/leases/{task}/heartbeat', {
      params: { task: lease.task_id },
      body: beat,
    });
    expect(answer.want).toBe('continue');
  });
});
