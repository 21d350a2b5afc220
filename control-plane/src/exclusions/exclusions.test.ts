import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { problemOf } from '../../testing/problem-of.ts';
import { seedTask } from '../../testing/seed-task.ts';

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

const admin = () => app.as('admin');
const list = () => app.as('runner')('GET /api/exclusions');
const uuid = '018f3a2b-0000-7000-8000-00000000abcd';
const byId = { kind: 'stash_box_id', value: { endpoint: 'stashdb', id: uuid } } as const;
const byName = { kind: 'name', value: { name: 'Ada Example', birth_year: 1990 } } as const;
const byFace = { kind: 'face', value: { fingerprint: 'ab'.repeat(32) } } as const;

describe('an exclusion', () => {
  it('is added, listed with who and when, and has no receipt yet', async () => {
    const added = await admin()('POST /api/exclusions', { body: { ...byId, note: 'asked by letter' } });
    expect(added).toEqual({
      id: 1,
      ...byId,
      note: 'asked by letter',
      actor: 'test admin',
      created_at: new Date(app.clock.now()).toISOString(),
      removed_at: null,
      removed_by: null,
      receipt: null,
    });
    await admin()('POST /api/exclusions', { body: byFace });
    expect((await list()).map(({ id, kind }) => [id, kind])).toEqual([
      [2, 'face'],
      [1, 'stash_box_id'],
    ]);
  });

  it('said twice is one, however it is written', async () => {
    await admin()('POST /api/exclusions', { body: byId });
    const value = { endpoint: 'stashdb', id: ` ${uuid.toUpperCase()} ` } as const;
    expect((await admin()('POST /api/exclusions', { body: { kind: 'stash_box_id', value } })).id).toBe(1);
    const { id } = await admin()('POST /api/exclusions', { body: byName });
    const spaced = { name: '  Ada \n Example', birth_year: 1990 };
    expect((await admin()('POST /api/exclusions', { body: { kind: 'name', value: spaced } })).id).toBe(id);
    expect(await list()).toHaveLength(2);
    expect((await app.recorded()).map(({ message }) => message)).toEqual([
      'Exclusion 1 (stash_box_id) was added by test admin',
      `Exclusion ${id} (name) was added by test admin`,
    ]);
  });

  it('is taken back once, keeps its record, and may be said again', async () => {
    await admin()('POST /api/exclusions', { body: byName });
    await admin()('DELETE /api/exclusions/{id}', { params: { id: 1 } });
    const [first] = await list();
    expect(first).toMatchObject({ removed_by: 'test admin', ...byName });
    app.clock.advance(1_000);
    await admin()('DELETE /api/exclusions/{id}', { params: { id: 1 } });
    expect(await list()).toEqual([first]);
    expect((await admin()('POST /api/exclusions', { body: byName })).id).toBe(2);
    await expect(admin()('DELETE /api/exclusions/{id}', { params: { id: 7 } })).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no exclusion 7.',
    });
  });

  it('is about a person, so the scope read does not show it', async () => {
    await admin()('POST /api/exclusions', { body: byName });
    for (const [scope, status] of [
      ['read', 403],
      ['trigger', 403],
      ['runner', 200],
      ['admin', 200],
    ] as const) {
      const headers = { authorization: `Bearer ${app.tokens[scope]}` };
      expect((await app.request('/api/exclusions', { headers })).status, scope).toBe(status);
    }
    await expect(app.as('runner')('POST /api/exclusions', { body: byName })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(JSON.stringify(await app.recorded())).not.toContain('Ada');
  });

  it.each([
    [{ kind: 'stash_box_id', value: { endpoint: 'iafd', id: uuid } }, 'value.endpoint', /one of stashdb/],
    [{ kind: 'stash_box_id', value: { endpoint: 'stashdb', id: 'a b' } }, 'value.id', /at the end of/],
    [{ kind: 'url', value: { url: 'ftp://x.org/a' } }, 'value.url', /http or https/],
    [{ kind: 'name', value: { name: '  ', birth_year: 1990 } }, 'value.name', /empty/],
    [{ kind: 'name', value: { name: 'Ada' } }, 'value.birth_year', /./],
    [{ kind: 'face', value: { fingerprint: 'x', vector: [1] } }, 'value.vector', /not a known field/],
    [{ ...byName, note: 'x'.repeat(1_001) }, 'note', /1000/],
    [{ kind: 'tattoo', value: {} }, 'kind', /./],
  ])('%j is refused with the field', async (body, field, message) => {
    const response = await app.request('/api/exclusions', {
      method: 'POST',
      headers: { authorization: `Bearer ${app.tokens.admin}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    const { errors } = await problemOf(response);
    expect(errors?.find((error) => error.field === field)?.message).toMatch(message);
  });
});

describe('the report of what a version keeps to', () => {
  const report = (task: string, fence: number, ids: number[]) =>
    app.as('runner')('PUT /api/leases/{task}/exclusions', {
      params: { task },
      body: { fence, enforced: ids.map((id) => ({ id, performers_removed: 1, faces_removed: 4 })) },
    });

  it('is taken from the holder of a publish task alone', async () => {
    await admin()('POST /api/exclusions', { body: byName });
    const { taskId, fence } = await seedTask(app.deps, { kind: 'publish', fence: 3 });
    await expect(report(taskId, 2, [1])).rejects.toMatchObject({ code: 'lease_lost' });
    await report(taskId, fence, [1]);
    await report(taskId, fence, [1]);
    await expect(report(taskId, fence, [1, 9])).rejects.toMatchObject({
      code: 'impossible_report',
      message: 'There is no exclusion 9: read GET /api/exclusions again.',
    });
    const ingest = await seedTask(app.deps, { source: 'stashdb' });
    await expect(report(ingest.taskId, 1, [1])).rejects.toMatchObject({ code: 'impossible_report' });
  });
});
