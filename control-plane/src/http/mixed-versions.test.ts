import { configSchema } from '@trainer/contract/config';
import type { Lease } from '@trainer/contract/leases';
import { type RouteKey, routeOf } from '@trainer/contract/routes';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { asLater, LATER_FIELD, readRecorded, withSource } from '../../../e2e/protocol/read-recorded.ts';
import type { Exchange } from '../../../e2e/protocol/recording-proxy.ts';
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts';

/**
 * What was recorded of protocol 1 against the control plane of today, on both edges: a request of an older program is the
 * recorded one, a later program says more, and what lies in the tables may be of either.
 */
const { exchanges, rows } = readRecorded(1);

const columnNames = ['older', 'same', 'newer', 'unknown source', 'retired source'] as const;
type Column = (typeof columnNames)[number];
const UNKNOWN = 'box-of-somebody';
const RETIRED = 'site-of-the-past';
const columns: Record<Column, { headers: Record<string, string>; say: (recorded: unknown) => unknown }> = {
  older: { headers: {}, say: (recorded) => recorded },
  same: {
    headers: { 'stash-sense-protocol': '1', 'stash-sense-program': 'runner/0.1.0' },
    say: (recorded) => recorded,
  },
  newer: {
    headers: { 'stash-sense-protocol': '1-2', 'stash-sense-program': 'runner/0.2.0' },
    say: (recorded) => asLater(recorded),
  },
  // A stash-box that only some runner knows.
  'unknown source': { headers: {}, say: (recorded) => withSource(recorded, 'stashdb', UNKNOWN) },
  // A reference site that was shipped once.
  'retired source': { headers: {}, say: (recorded) => withSource(recorded, 'babepedia', RETIRED) },
};

let app: TestApp;
beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app.close());

function recorded(name: string): Exchange {
  const found = exchanges[name];
  if (!found) throw new Error(`Nothing was recorded as ${name}`);
  return found;
}

/** Sends a recorded request as `column` would, with today's task and fencing number in it. */
async function send(column: Column, name: string, over: { task?: string; body?: object } = {}) {
  const { route, params, query, headers, body } = recorded(name);
  const { say, headers: introduction } = columns[column];
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replace(/\{(\w+)\}/g, (_, key: string) =>
    key === 'task' ? (over.task ?? '') : (params[key] ?? ''),
  );
  const said = say(typeof body === 'object' && body !== null ? { ...body, ...over.body } : body);
  return app.request(`${path}?${new URLSearchParams(query)}`, {
    method,
    headers: { authorization: `Bearer ${app.tokens.admin}`, ...headers, ...introduction },
    ...(body !== null && { body: typeof said === 'string' ? said : JSON.stringify(said) }),
  });
}

const leaseIn = z.object({ lease: z.looseObject({ task_id: z.string(), fence: z.int() }).nullable() });

async function takeLease(column: Column, kind: Lease['kind'] = 'ingest') {
  await app.as('admin')('POST /api/build/start', { body: { sources: ['stashdb'] } });
  if (kind === 'publish') {
    await app.deps.db.run(
      sql`UPDATE tasks SET status = CASE kind WHEN 'publish' THEN 'ready' ELSE 'done' END`,
    );
  }
  const response = await send(column, 'lease', { body: { wait_ms: 0 } });
  const { lease } = leaseIn.parse(await response.json());
  if (!lease) throw new Error('No lease was handed out');
  const body = { fence: lease.fence };
  return { lease, over: { task: lease.task_id, body } };
}

/** Recorded answers of the routes, read as today's programs read them. */
function readAnswers(column: Column, ...names: string[]): void {
  for (const name of names) {
    const { route, answer } = recorded(name);
    const { response } = routeOf(route satisfies RouteKey);
    if (response instanceof z.ZodType) response.parse(columns[column].say(answer));
  }
}

async function writeConfig(column: Column) {
  const { config } = { config: recorded('config-write').body };
  expect(config).toBeTypeOf('object');
  return send(column, 'config-write');
}

/** What a person writes may be a typing error: an id that no runner has announced is refused, and named. */
async function expectNamed(response: Response, id: string): Promise<void> {
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ detail: expect.stringContaining(id) });
}

const cells: Record<string, (column: Column) => Promise<void>> = {
  poll: async (column) => {
    const response = await send(column, 'poll', { body: { wait_ms: 0 } });
    expect(response.status).toBe(200);
    readAnswers(column, 'poll', 'runners');
  },
  lease: async (column) => {
    const { lease } = await takeLease(column);
    expect(lease).toMatchObject({ kind: 'ingest', source: 'stashdb' });
    readAnswers(column, 'lease', 'lease-publish');
  },
  heartbeat: async (column) => {
    const { over } = await takeLease(column);
    expect((await send(column, 'heartbeat', over)).status).toBe(200);
    readAnswers(column, 'heartbeat', 'heartbeat-stop');
    const [task] = await app.deps.db.all<{ progress: string }>(sql`SELECT progress FROM tasks LIMIT 1`);
    const stored: unknown = JSON.parse(task?.progress ?? '');
    expect(stored).toMatchObject({ performers_total: 2 });
    if (column === 'newer') expect(stored).toHaveProperty(LATER_FIELD);
  },
  completion: async (column) => {
    const { over } = await takeLease(column);
    expect((await send(column, 'completion-skipped', over)).status).toBe(204);
  },
  release: async (column) => {
    const { over } = await takeLease(column);
    expect((await send(column, 'release', over)).status).toBe(204);
  },
  'log batch': async (column) => {
    const { over } = await takeLease(column);
    expect((await send(column, 'log-batch', over)).status).toBe(200);
    readAnswers(column, 'log-batch');
  },
  reviews: async (column) => {
    const { over } = await takeLease(column);
    expect(
      (await send(column, 'reviews', { ...over, body: { ...over.body, is_complete: false } })).status,
    ).toBe(204);
    readAnswers(column, 'reviews-read');
  },
  upload: async (column) => {
    const { over } = await takeLease(column, 'publish');
    const response = await send(column, 'upload', over);
    expect(response.status, JSON.stringify(await response.clone().json())).toBe(200);
    readAnswers(column, 'upload');
  },
  publish: async (column) => {
    const { over } = await takeLease(column, 'publish');
    await send(column, 'exclusions', over);
    await send(column, 'upload', over);
    // It is understood, and refused because no bytes were brought.
    expect(await (await send(column, 'publish', over)).json()).toMatchObject({ code: 'incomplete_upload' });
    readAnswers(column, 'publish', 'versions');
  },
  'config read': async (column) => {
    expect((await send(column, 'config-read')).status).toBe(200);
    readAnswers(
      column,
      'config-read',
      'config-write',
      'status',
      'runs',
      'run',
      'sources',
      'question-answered',
    );
  },
  'config write': async (column) => {
    const response = await writeConfig(column);
    if (column === 'unknown source') return expectNamed(response, UNKNOWN);
    if (column !== 'newer') return expect(response.status).toBe(200);
    // A person's new field may be a typing error: it is named, and so are the two releases.
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      detail: expect.stringMatching(
        new RegExp(`${LATER_FIELD}: is not a known field.*The runner is 0\\.2\\.0 and the control plane `),
      ),
    });
  },
  start: async (column) => {
    const response = await send(column, 'start');
    if (column === 'unknown source') return expectNamed(response, UNKNOWN);
    expect(response.status).toBe(column === 'newer' ? 400 : 200);
  },
  'stored rows': readStoredRows,
};

/** Everything that was stored by the other release, read over the API; what is written back keeps what is not known here. */
async function readStoredRows(column: Column): Promise<void> {
  const row = (kind: string, name: string) => JSON.stringify(columns[column].say(rows[kind]?.[name]));
  await app.as('admin')('PUT /api/config', { headers: { 'if-match': '"0"' }, body: {} });
  await takeLease('same');
  await app.deps.db.run(sql`UPDATE config_revisions SET input = ${row('config_revision', 'input')}`);
  await app.deps.db.run(
    sql`UPDATE runs SET params = ${row('run', 'params')}, config = ${row('run', 'config')}`,
  );
  await app.deps.db.run(
    sql`UPDATE tasks SET progress = ${row('task', 'progress')}, source = ${columns[column].say('stashdb')} WHERE source IS NOT NULL`,
  );
  await app.deps.db.run(sql`UPDATE runners SET about = ${row('runner', 'about')}`);
  const call = app.as('admin');
  const [run] = await call('GET /api/runs', { query: {} });
  const { tasks } = await call('GET /api/runs/{id}', { params: { id: run?.id ?? 0 } });
  expect(tasks[0]?.source).toBe(columns[column].say('stashdb'));
  await call('GET /api/runners');
  await call('GET /api/status');
  const named = (await call('GET /api/sources')).map(({ id }) => id);
  if (column === 'unknown source') expect(named).toContain(UNKNOWN);
  if (column === 'retired source') expect(named).toContain(RETIRED);
  const { revision, ...config } = await call('GET /api/config');
  const { sources } = configSchema.parse(config);
  expect(sources[column === 'unknown source' ? UNKNOWN : 'stashdb']?.rate_limit).toBe(6_000);
  if (column === 'retired source') expect(sources).toHaveProperty(RETIRED);
  if (column === 'unknown source') expect(run?.params.sources).toEqual([UNKNOWN]);
  await call('PUT /api/config', { headers: { 'if-match': `"${revision}"` }, body: config });
  if (column === 'newer') {
    expect(await call('GET /api/config')).toHaveProperty(LATER_FIELD, { of: ['a', 'later', 'release'] });
  }
  expect((await app.request('/readyz')).status).toBe(200);
}

const table: Record<string, Record<string, 'works' | 'fails'>> = Object.fromEntries(
  Object.keys(cells).map((row) => [row, {}]),
);
// biome-ignore lint/suspicious/noConsole: the table is what this test is for.
afterAll(() => console.table(table, [...columnNames]));

const pairs = Object.keys(cells).flatMap((row) => columnNames.map((column) => [row, column] as const));
it.each(pairs)('%s of a program that is %s', async (row, column) => {
  const line = table[row] ?? {};
  line[column] = 'fails';
  await cells[row]?.(column);
  line[column] = 'works';
});
