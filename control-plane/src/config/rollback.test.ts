import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { take } from '../../testing/a-runner.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';
import { problemOf } from '../../testing/problem-of.ts';

// The database was used by a later release, whose configuration has more fields and more values.

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
  await put({ faces: { min_face_px: 90 } }, 0);
  const input = {
    faces: { min_face_px: 90, max_blur: 0.5 },
    sources: { stashdb: { rate_limit: 60, trust_level: 'absolute', mirrors: ['a', 'b'] } },
    tidy_up: { nightly: true },
  };
  await app.deps.db.run(sql`UPDATE config_revisions SET input = ${JSON.stringify(input)}`);
});
afterEach(() => app.close());

const admin = () => ({ authorization: `Bearer ${app.tokens.admin}` });
const put = (body: object, revision: number) =>
  app.as('admin')('PUT /api/config', { headers: { 'if-match': `"${revision}"` }, body });
const putRaw = (path: string, type: string, body: string) =>
  app.request(path, {
    method: 'PUT',
    headers: { ...admin(), 'content-type': type, 'if-match': '"1"' },
    body,
  });
const read = async () =>
  z.looseObject({}).parse(await (await app.request('/api/config', { headers: admin() })).json());
const unknown = {
  faces: { min_face_px: 90, max_blur: 0.5 },
  sources: { stashdb: { mirrors: ['a', 'b'] } },
  tidy_up: { nightly: true },
};

it('shows the configuration with what is not known here, and with defaults for what cannot be used', async () => {
  expect(await read()).toMatchObject({ ...unknown, revision: 1 });
  expect(await read()).toMatchObject({ sources: { stashdb: { rate_limit: 60, trust_level: 'high' } } });
  expect((await app.as('read')('GET /api/sources')).length).toBeGreaterThan(0);
});

it('says in /readyz what is not known and what cannot be used', async () => {
  const { warnings } = z
    .object({ warnings: z.array(z.string()) })
    .parse(await (await app.request('/readyz')).json());
  expect(warnings).toEqual([
    'Revision 1 of the configuration holds fields that this release does not know and keeps: faces.max_blur, sources.stashdb.mirrors, tidy_up.',
    'Revision 1 of the configuration holds values that this release cannot use, so the defaults count: sources.stashdb.trust_level.',
  ]);
});

it('is saved without losing it, as JSON and as YAML', async () => {
  const { revision: _, ...config } = await app.as('admin')('GET /api/config');
  const saved = await put({ ...config, user_agent: 'me' }, 1);
  expect(saved).toMatchObject({ ...unknown, user_agent: 'me', revision: 2 });
  const yaml = await (await app.request('/api/config.yaml', { headers: admin() })).text();
  const again = await app.request('/api/config.yaml', {
    method: 'PUT',
    headers: { ...admin(), 'content-type': 'application/yaml', 'if-match': '"2"' },
    body: yaml,
  });
  expect(again.status).toBe(200);
  expect(await read()).toMatchObject({ ...unknown, user_agent: 'me', revision: 3 });
});

it('drops omitted fields, and accepts no unknown field that is not stored', async () => {
  await put({ tidy_up: { nightly: true } }, 1);
  const kept = await read();
  expect(kept).toMatchObject({ tidy_up: { nightly: true }, faces: { min_face_px: 80 } });
  expect(kept).not.toHaveProperty('faces.max_blur');
});

it.each([
  ['/api/config', 'application/json', '{"tidy_up": {}, "tidyup": {}, "faces": {"max_blurr": 1}}'],
  ['/api/config.yaml', 'application/yaml', 'tidy_up: {}\ntidyup: {}\nfaces:\n  max_blurr: 1\n'],
])('%s refuses a field that was mistyped', async (path, type, body) => {
  const { errors } = await problemOf(await putRaw(path, type, body));
  expect(errors?.map(({ field }) => field)).toEqual(['tidyup', 'faces.max_blurr']);
});

it('begins runs, whose runners get all of it', async () => {
  await app.as('trigger')('POST /api/build/start', { body: { sources: ['stashdb'] } });
  const lease = await take(app.as('runner'));
  expect(lease.config).toMatchObject(unknown);
});
