import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { limits } from '@trainer/shared/limits';
import type { RunDetail } from '@trainer/shared/runs';
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
/** Per request: long enough for all three to begin before one is through. */
const AT_WORK_MS = 500;
/** Longer than a lease lives, ms. */
const BEYOND_A_LEASE_MS = limits.leaseTtlMs + 10_000;

describe('several runners', () => {
  const alone = Promise.withResolvers<VersionContent>();

  it.concurrent('need not be: one alone, the reference', async () => {
    await using boxes = await openBoxes();
    await using trainer = await openBoxTrainer(boxes, {});
    expect(await trainer.build({ sources: [...SOURCES] })).toMatchObject({ status: 'completed' });
    alone.resolve(await contentOfLatest(trainer));
  }, 120_000);

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
    await until('all three are there', async () => (await trainer.call('GET /api/runners')).length === 3, {
      withinMs: 30_000,
      explain: trainer.explain,
    });
    for (const source of SOURCES) boxes[source].slowDown(AT_WORK_MS);
    const id = await trainer.start({ sources: [...SOURCES] });
    const atWork = () => SOURCES.every((source) => boxes[source].requests.count('/images/') > 0);
    await until('each has begun with a source', atWork, { withinMs: 60_000, explain: trainer.explain });
    const held = sourcesByRunner(await trainer.read(id));
    expect([...held.keys()].sort(), trainer.explain()).toEqual(NAMES.toSorted());

    // The third one stops where it is; the second one goes on, and hears nothing of its control plane any more.
    process.kill(programs.third.pid, 'SIGSTOP');
    boxes[held.get('second') ?? 'stashdb'].slowDown(BEYOND_A_LEASE_MS);
    wire.cut();
    boxes[held.get('first') ?? 'stashdb'].slowDown(0);
    await programs.first.printed(new RegExp(`Task 1\\.${held.get('second')} begins`), 60_000);
    for (const source of SOURCES) boxes[source].slowDown(0);
    const run = await trainer.ended(id, 60_000);
    expect(run, trainer.explain()).toMatchObject({ status: 'completed' });
    for (const { source, attempts, runner } of run.tasks) {
      const isLeft = source === held.get('second') || source === held.get('third');
      expect([source, attempts, runner]).toEqual([source, isLeft ? 2 : 1, 'first']);
    }
    const before = catalog.content();
    await programs.second.printed(
      /was dropped: the catalog takes nothing more of \S+ under fencing number 1/,
      60_000,
    );
    process.kill(programs.third.pid, 'SIGCONT');
    await programs.third.printed(/was dropped: /);
    expect(catalog.content()).toEqual(before);
    expect(differences(await contentOfLatest(trainer), await alone.promise)).toEqual([]);
  }, 180_000);

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
      {
        withinMs: 30_000,
        explain: trainer.explain,
      },
    );
    const waiting = (await trainer.read(id)).tasks.filter(({ status }) => status === 'ready');
    expect(waiting.length, 'tasks that it could take').toBeGreaterThan(0);
    for (const release of letGo) release();
    const run = await trainer.ended(id);
    expect(run, trainer.explain()).toMatchObject({ status: 'completed' });
    expect(new Set(run.tasks.map(({ runner }) => runner))).toEqual(new Set(['first']));
    expect(second.output()).not.toMatch(/Task \S+ begins/);
    expect(differences(await contentOfLatest(trainer), await alone.promise)).toEqual([]);
  }, 120_000);
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
  return {
    env: { CATALOG_URL: server.url, CATALOG_AUTH_TOKEN: server.authToken },
    content(): [table: string, rows: unknown[]][] {
      const database = new DatabaseSync(join(dir, 'libsql.db'), { readOnly: true });
      const tables = database
        .prepare(
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
        )
        .all();
      const rows = tables.map(({ name }): [string, unknown[]] => [
        String(name),
        database.prepare(`SELECT * FROM ${name}`).all(),
      ]);
      database.close();
      return rows;
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
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
