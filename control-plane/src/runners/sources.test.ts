import type { Runner } from '@trainer/contract/leases';
import { shippedSource } from '@trainer/contract/shipped-sources';
import { type SourceDefinition, sourceDefinitionSchema } from '@trainer/contract/sources';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ask, finish, take } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';

let app: TestApp;

beforeEach(async () => {
  app = await createTestApp();
  onTestFinished(app.close);
});

function box(over: Partial<SourceDefinition> = {}): SourceDefinition {
  return sourceDefinitionSchema.parse({
    id: 'mybox',
    title: 'My Box',
    kind: 'stash-box',
    protocol: 'stash-box',
    address: 'https://example.org/graphql',
    domain: 'example.org',
    defaults: { rate_limit: 17, concurrency: 3 },
    origin: 'owner',
    ...over,
  });
}

const site = box({ id: 'mysite', title: 'My Site', kind: 'reference-site', protocol: 'page', domain: null });

/** A runner that announces these sources and can use them. */
function announcing(definitions: SourceDefinition[], over: Partial<Runner> = {}): Partial<Runner> {
  const sources = definitions.map(({ id }) => ({ id, available: true, reason: null }));
  return { definitions, sources, ...over };
}

const poll = (definitions: SourceDefinition[], over: Partial<Runner> = {}) =>
  ask(app.as('runner'), announcing(definitions, over));

async function sourceOf(id: string) {
  return (await app.as('read')('GET /api/sources')).find((each) => each.id === id);
}

async function warnings(): Promise<string[]> {
  return (await app.recorded()).filter(({ level }) => level === 'warn').map(({ message }) => message);
}

describe('a source that an owner has added', () => {
  it('is listed, configured, built and counted like any other', async () => {
    await poll([box(), site]);
    expect(await sourceOf('mybox')).toMatchObject({
      title: 'My Box',
      kind: 'stash-box',
      domain: 'example.org',
      origin: 'owner',
      available: true,
      enabled: false,
      conflict: null,
    });
    const { sources } = await app.as('read')('GET /api/config');
    expect(sources.mybox).toMatchObject({ rate_limit: 17, concurrency: 3 });

    const headers = { 'if-match': '"0"' };
    const body = { sources: { mybox: { enabled: true }, mysite: { max_faces: 2 } } };
    await app.as('admin')('PUT /api/config', { headers, body });
    const yaml = await app.request('/api/config.yaml', {
      headers: { authorization: `Bearer ${app.tokens.read}` },
    });
    expect(await yaml.text()).toMatch(/ {2}# My Box\n {2}mybox:\n {4}enabled: true\n {4}rate_limit: 17/);

    await app.as('trigger')('POST /api/build/start', { body: { sources: ['mysite', 'mybox'] } });
    const first = await take(app.as('runner'), announcing([box(), site]));
    expect(first).toMatchObject({ source: 'mybox', kind: 'ingest' });
    expect(first.config.sources.mybox).toMatchObject({ enabled: true, rate_limit: 17 });
    await finish(app.as('runner'), first);
    const second = await take(app.as('runner'), announcing([box(), site]));
    expect(second).toMatchObject({ source: 'mysite', kind: 'enrich' });
    const metrics = await (await app.as('read')('GET /metrics')).text();
    expect(metrics).toContain('trainer_source_performers_processed{source="mybox"} 0');
    const status = await app.as('read')('GET /api/status');
    expect(Object.keys(status.by_source)).toEqual(['mybox', 'mysite']);
  });

  it('can be named by an exclusion, and what is no stash-box cannot', async () => {
    await poll([box(), site]);
    const exclude = (endpoint: string) =>
      app.as('admin')('POST /api/exclusions', {
        body: { kind: 'stash_box_id', value: { endpoint, id: '7' }, note: '' },
      });
    expect(await exclude('mybox')).toMatchObject({ value: { endpoint: 'mybox', id: '7' } });
    for (const endpoint of ['mysite', 'nowhere']) {
      await expect(exclude(endpoint)).rejects.toMatchObject({
        code: 'invalid_request',
        errors: [{ field: 'value.endpoint', message: expect.stringMatching(/^expected one of .*mybox/) }],
      });
    }
  });

  it('is not handed to a runner that knows nothing of it while another one at the catalog can do it', async () => {
    await poll([box()], { runner_id: 'runner-2', name: 'Cellar' });
    await app.as('trigger')('POST /api/build/start', { body: { sources: ['mybox'] } });
    expect(await ask(app.as('runner'))).toBeNull();
    expect(await poll([box()], { runner_id: 'runner-2', name: 'Cellar' })).toMatchObject({ source: 'mybox' });
  });
});

describe('two runners that define one source', () => {
  it('leave it as the first says, which is told in the list and once in the log', async () => {
    await poll([box()]);
    const other = box({ title: 'Another Box', address: 'https://other.example/graphql' });
    for (let times = 0; times < 2; times += 1) await poll([other], { runner_id: 'runner-2', name: 'Cellar' });
    const sentence =
      'Runner "Cellar" defines mybox differently (title, address); the definition of "Attic" is used. Give both the same file in DATA_DIR/sources.';
    expect(await sourceOf('mybox')).toMatchObject({ title: 'My Box', conflict: sentence });
    expect(await warnings()).toEqual([sentence]);
  });

  it('leave the last word to the one that is left', async () => {
    await poll([box()]);
    await poll([]);
    await poll([box({ title: 'Another Box' })], { runner_id: 'runner-2', name: 'Cellar' });
    expect(await sourceOf('mybox')).toMatchObject({ title: 'Another Box', conflict: null });
  });

  it('take an owner’s definition before a built-in one, whichever comes first', async () => {
    const builtIn = shippedSource('stashdb');
    if (!builtIn) throw new Error('StashDB is shipped');
    const changed = { ...builtIn, priority: 3, origin: 'owner' as const };
    await poll([builtIn]);
    await poll([changed], { runner_id: 'runner-2', name: 'Cellar' });
    await poll([builtIn]);
    const found = await sourceOf('stashdb');
    expect(found?.origin).toBe('owner');
    expect(found?.conflict).toMatch(/^Runner "Attic" defines stashdb differently \(priority, origin\)/);
  });
});

describe('a source that no runner announces any more', () => {
  it('is said not to be served, and keeps its definition and its configuration', async () => {
    await poll([box()]);
    const headers = { 'if-match': '"0"' };
    await app.as('admin')('PUT /api/config', { headers, body: { sources: { mybox: { max_faces: 9 } } } });
    const since = new Date(app.clock.now()).toISOString();
    app.clock.advance(5 * 60_000);
    await poll([]);
    expect(await sourceOf('mybox')).toMatchObject({
      title: 'My Box',
      available: false,
      reason: `Not served by any runner since ${since.slice(0, 10)}`,
      not_served_since: since,
    });
    const { sources } = await app.as('read')('GET /api/config');
    expect(sources.mybox).toMatchObject({ max_faces: 9, rate_limit: 17 });
  });

  it('is said to be retired when its runner says so', async () => {
    await poll([box()]);
    const retired = { id: 'mybox', available: false, reason: 'was retired on 2026-03-01' };
    await ask(app.as('runner'), { definitions: [], sources: [retired] });
    expect(await sourceOf('mybox')).toMatchObject({ available: false, reason: 'was retired on 2026-03-01' });
  });
});

describe('a source without a definition', () => {
  /** As another release has stored it, or this one before its runner was forgotten. */
  beforeEach(async () => {
    await app.deps.db.$client.execute({
      sql: `INSERT INTO config_revisions (revision, input, changed, actor, created_at) VALUES (1, ?, '[]', 'somebody', 0)`,
      args: [JSON.stringify({ sources: { gone: { enabled: true, max_faces: 4 } } })],
    });
  });

  it('is carried and shown wherever it stands', async () => {
    expect(await sourceOf('gone')).toMatchObject({
      title: 'gone',
      kind: 'unknown',
      origin: 'unknown',
      available: false,
    });
    const { revision, ...config } = await app.as('read')('GET /api/config');
    expect(config.sources.gone).toMatchObject({ enabled: true, max_faces: 4 });
    const headers = { 'if-match': `"${revision}"` };
    const saved = await app.as('admin')('PUT /api/config', { headers, body: config });
    expect(saved.sources.gone).toMatchObject({ enabled: true, max_faces: 4 });
    await app.as('trigger')('POST /api/build/start', { body: {} });
    expect((await app.as('read')('GET /api/runs/{id}', { params: { id: 1 } })).params.sources).not.toContain(
      'gone',
    );
  });

  it('is refused in a new request', async () => {
    await expect(
      app.as('trigger')('POST /api/build/start', { body: { sources: ['stashdb', 'gone'] } }),
    ).rejects.toMatchObject({ code: 'invalid_request', errors: [{ field: 'sources.1' }] });
    const schedule = {
      name: 'nightly',
      cron: '0 3 * * *',
      time_zone: 'UTC',
      params: { sources: ['gone'] },
      missed: 'skip' as const,
      enabled: true,
    };
    await expect(app.as('admin')('POST /api/schedules', { body: schedule })).rejects.toMatchObject({
      errors: [{ field: 'params.sources.0' }],
    });
  });
});
