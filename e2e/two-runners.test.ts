import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RunDetail } from '@trainer/contract/runs';
import { describe, expect, it } from 'vitest';
import { type StashBox, startStashBox } from '../runner/testing/stash-box/start-stash-box.ts';
import { demoCacheDir } from './demo/cache-dir.ts';
import { makeWorld } from './demo/make-world.ts';
import { startLibsqlServer } from './programs/libsql-server.ts';
import type { Program } from './programs/program.ts';
import { until } from './programs/until.ts';
import { layWire } from './programs/wire.ts';
import { firstOf, openTrainer, type Trainer } from './trainer.ts';
import {
  contentOf,
  differences,
  downloadVersion,
  type VersionContent,
  withVersion,
} from './version-content.ts';

const PEOPLE = 3;
const SOURCES = ['stashdb', 'fansdb', 'pmvstash'] as const;
type Source = (typeof SOURCES)[number];
const NAMES = ['first', 'second', 'third'] as const;
type Name = (typeof NAMES)[number];

/** So that each has one task, and the others two more. */
const ONE_AT_ONCE = { SLOTS: '1', INFERENCE_WORKERS: '1' };

describe('several runners', () => {
  const alone = Promise.withResolvers<VersionContent>();

  it.concurrent('need not be: one alone, the reference', async () => {
    await using boxes = await openBoxes();
    await using trainer = await openBoxTrainer(boxes, {});
    expect(await trainer.build({ sources: [...SOURCES] })).toMatchObject({ status: 'completed' });
    alone.resolve(await contentOfLatest(trainer));
  });

  it.concurrent('on one catalog work one run together; what one leaves the others finish, and it can spoil nothing', async () => {
    await using boxes = await openBoxes();
    await using catalog = await openServedCatalog();
    await using trainer = await openBoxTrainer(boxes, { ...catalog.env, RUNNER_NAME: 'first' });
    await using wire = await layWire(trainer.url);
    const programs: Record<Name, Program> = {
      first: trainer.runner(),
      second: trainer.addRunner('second', { CONTROL_PLANE_URL: wire.url }),
      third: trainer.addRunner('third'),
    };
    const { explain } = trainer;
    const runners = () => trainer.call('GET /api/runners');
    await until('all three are there', async () => (await runners()).length === 3, { explain });
    // Each lists its people and then waits for their pictures, however long the others take.
    const letGo = onEach((source) => boxes[source].hold({ path: '/images/' }));
    const id = await trainer.start({ sources: [...SOURCES] });
    const atWork = () => SOURCES.every((source) => boxes[source].requests.count('/images/') > 0);
    await until('each source is asked for pictures', atWork, { explain });
    const held = await until(
      'each has one of them',
      async () => {
        const sources = sourcesByRunner(await trainer.read(id));
        return sources.size === NAMES.length && sources;
      },
      { explain },
    );
    const [ofFirst, ofSecond, ofThird] = NAMES.map((name) => held.get(name) ?? 'stashdb');
    if (!ofFirst || !ofSecond || !ofThird) throw new Error('A runner has no source');

    // The third one stops where it is; the second one goes on, and nothing of its control plane reaches it any more.
    process.kill(programs.third.pid, 'SIGSTOP');
    wire.cut();
    const cutAt = catalog.fenceOf(id, ofSecond);
    letGo[ofFirst]();
    letGo[ofThird]();
    await until('the first one has the task of the second', () => catalog.fenceOf(id, ofSecond) > cutAt, {
      explain,
    });
    letGo[ofSecond]();
    const run = await trainer.ended(id);
    expect(run, explain()).toMatchObject({ status: 'completed' });
    for (const { source, attempts, runner } of run.tasks) {
      expect([source, runner]).toEqual([source, 'first']);
      // More on a machine that is too slow to beat in time.
      const leases = source === ofSecond || source === ofThird ? 2 : 1;
      expect(attempts, String(source)).toBeGreaterThanOrEqual(leases);
    }
    const before = catalog.content();
    await programs.second.printed(
      /was dropped: the catalog takes nothing more of \S+ under fencing number \d+/,
    );
    process.kill(programs.third.pid, 'SIGCONT');
    await programs.third.printed(/was dropped: /);
    expect(catalog.content()).toEqual(before);
    expect(differences(await contentOfLatest(trainer), await alone.promise)).toEqual([]);
  });

  it.concurrent('with catalogs of their own never take a task of a run that another one has begun', async () => {
    await using boxes = await openBoxes();
    await using trainer = await openBoxTrainer(boxes, { RUNNER_NAME: 'first' });
    const letGo = SOURCES.map((source) => boxes[source].hold());
    const id = await trainer.start({ sources: [...SOURCES] });
    await trainer.runner().printed(/Task 1\.\w+ begins/);
    const second = trainer.addRunner('second');
    await until(
      'the second one is there',
      async () => (await trainer.call('GET /api/runners')).length === 2,
      { explain: trainer.explain },
    );
    const waiting = (await trainer.read(id)).tasks.filter(({ status }) => status === 'ready');
    expect(waiting.length, 'tasks that it could take').toBeGreaterThan(0);
    for (const release of letGo) release();
    const run = await trainer.ended(id);
    expect(run, trainer.explain()).toMatchObject({ status: 'completed' });
    expect(new Set(run.tasks.map(({ runner }) => runner))).toEqual(new Set(['first']));
    expect(second.output()).not.toMatch(/Task \S+ begins/);
    expect(differences(await contentOfLatest(trainer), await alone.promise)).toEqual([]);
  });
});

type Boxes = Record<Source, StashBox> & AsyncDisposable;

/** Three stash-boxes that know the same people. */
async function openBoxes(): Promise<Boxes> {
  const world = firstOf(await makeWorld(demoCacheDir()), PEOPLE);
  const [stashdb, fansdb, pmvstash] = await Promise.all(SOURCES.map(() => startStashBox(world)));
  if (!stashdb || !fansdb || !pmvstash) throw new Error('A stash-box is missing');
  const boxes = { stashdb, fansdb, pmvstash };
  return {
    ...boxes,
    async [Symbol.asyncDispose]() {
      await Promise.all(Object.values(boxes).map((box) => box.close()));
    },
  };
}

async function openBoxTrainer(boxes: Boxes, env: Record<string, string>): Promise<Trainer> {
  const places = SOURCES.flatMap((source) => [
    [`${source.toUpperCase()}_URL`, boxes[source].url],
    [`${source.toUpperCase()}_API_KEY`, boxes[source].apiKey],
  ]);
  const trainer = await openTrainer({
    people: 1,
    runnerEnv: { ...ONE_AT_ONCE, ...Object.fromEntries(places), ...env },
  });
  const eager = {
    rate_limit: 6_000,
    concurrency: 8,
    max_faces: 6,
    trust_level: 'high',
    gender_filter: null,
  } as const;
  await trainer.call('PUT /api/config', {
    headers: { 'if-match': '"1"' },
    body: { sources: Object.fromEntries(SOURCES.map((source) => [source, eager])) },
  });
  return trainer;
}

/** A libSQL server with an empty database, and a look at everything in it. */
async function openServedCatalog() {
  const dir = await mkdtemp(join(tmpdir(), 'served-catalog-'));
  const server = await startLibsqlServer(dir);
  const open = () => new DatabaseSync(join(dir, 'libsql.db'), { readOnly: true });
  return {
    env: { CATALOG_URL: server.url, CATALOG_AUTH_TOKEN: server.authToken },
    /** The newest fencing number under which anything was written for a source's task. */
    fenceOf(run: number, source: Source): number {
      using database = open();
      const row = database
        .prepare('SELECT max(number) AS number FROM fences WHERE name GLOB ?')
        .get(`task ${run}.${source} *`);
      return Number(row?.number ?? 0);
    },
    content(): [table: string, rows: unknown[]][] {
      using database = open();
      const tables = database
        .prepare(
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
        )
        .all();
      const rows = tables.map(({ name }): [string, unknown[]] => [
        String(name),
        database.prepare(`SELECT * FROM ${name}`).all(),
      ]);
      return rows;
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function onEach<T>(make: (source: Source) => T): Record<Source, T> {
  return { stashdb: make('stashdb'), fansdb: make('fansdb'), pmvstash: make('pmvstash') };
}

function sourcesByRunner({ tasks }: RunDetail): Map<string, Source> {
  return new Map(
    SOURCES.flatMap((source): [string, Source][] => {
      const runner = tasks.find((task) => task.source === source)?.runner;
      return runner ? [[runner, source]] : [];
    }),
  );
}

async function contentOfLatest(trainer: Trainer): Promise<VersionContent> {
  const view = await until('a version is there', async () => (await trainer.call('GET /api/versions'))[0]);
  const zip = await downloadVersion(trainer.call, view, trainer.dir);
  return withVersion(zip, async (version) => {
    expect(await version.verify()).toEqual([]);
    return contentOf(version);
  });
}
