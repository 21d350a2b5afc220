import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import { configSchema } from '@trainer/contract/config';
import { shippedIds } from '@trainer/contract/shipped-sources';
import type { SourceId } from '@trainer/contract/sources';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { createApi } from '../../src/control/api.ts';
import { createSession } from '../../src/control/session.ts';
import { createEngines } from '../../src/engines/engines.ts';
import type { TaskResult } from '../../src/lease/task.ts';
import { createLogger } from '../../src/logs/logger.ts';
import { readKnownSources } from '../../src/sources/definition/known-sources.ts';
import { createSourceRegistry } from '../../src/sources/registry.ts';
import { createRunTask } from '../../src/tasks/run-task.ts';
import { loadSigningKey } from '../../src/versions/signing-key.ts';
import { eventClock } from '../event-clock.ts';
import { fakeLease } from '../fake-control-plane/fake-lease.ts';
import { startFakeControlPlane } from '../fake-control-plane/start-fake-control-plane.ts';
import { createFakeFaceEngine } from '../fake-face-engine.ts';
import { type HostileWorld, startHostileWorld } from '../hostile/start-hostile-world.ts';
import { compareFaces, facesOf, isPlain, whyUnsound } from './judge-catalog.ts';

export interface HostileDayOptions {
  seed: number;
  people: number;
  /** From the start of one run to that of the next, virtual hours. */
  everyHours: number;
  withHuge: boolean;
  print: (line: string) => void;
}

export interface HostileDay {
  /** What must not happen. */
  violations: string[];
  runs: number;
  tasks: number;
  requests: number;
  faces: number;
  /** How often tasks ended so. */
  endings: Map<string, number>;
  /** What was done to the runner, and how often. */
  fault: ReadonlyMap<string, number>;
}

const HOUR_MS = 3_600_000;
/** Each this many runs one is full. */
const FULL_EVERY = 4;
const MAX_FACES = 100;
/** After a stop or a lost lease a task is taken up again, until it has had as many attempts. */
const MAX_ATTEMPTS = 4;

/** Equal trust, and room for every face: what is accepted must not depend on the order in which it comes. */
const config = configSchema.parse({
  sources: Object.fromEntries(
    shippedIds.map((id) => [id, { trust_level: 'high', max_faces: MAX_FACES, gender_filter: null }]),
  ),
});

/**
 * A day of runs, by a clock that does not have to be waited for, on a world in which everything goes wrong; then a full run on the
 * same world at peace, once more on the same catalog and once on an empty one: both must hold the same faces.
 */
export async function runHostileDay({
  seed,
  people,
  everyHours,
  withHuge,
  print,
}: HostileDayOptions): Promise<HostileDay> {
  const folder = mkdtempSync(join(tmpdir(), 'trainer-hostile-'));
  const clock = eventClock();
  const started = clock.now();
  await using world = await startHostileWorld({
    seed,
    people,
    clock,
    folder,
    userAgent: config.user_agent,
    withHuge,
  });
  await using runner = await openRunner(world, folder, clock, print);
  const violations: string[] = [];
  const endings = new Map<string, number>();
  const judge = async (task: string, ended: Ended) => {
    const kind = ended.outcome === 'failed' ? `failed: ${ended.error.name}` : ended.outcome;
    endings.set(kind, (endings.get(kind) ?? 0) + 1);
    if (ended.outcome === 'failed' && !isPlain(ended.error)) {
      violations.push(`${task} ended with ${ended.error.stack}`);
    }
  };
  let tasks = 0;
  let run = 0;
  try {
    const battered = await runner.open('battered.db');
    while (clock.now() < started + 24 * HOUR_MS) {
      run += 1;
      const chance = world.streams.of('run', run);
      clock.advance(Math.max(0, started + (run - 1) * everyHours * HOUR_MS - clock.now()));
      for (let changes = chance.int(people / 2); changes > 0; changes--) world.change(chance);
      const full = run % FULL_EVERY === 0;
      print(`run ${run}${full ? ' (full)' : ''} at ${new Date(clock.now()).toISOString()}`);
      const work = async (source: SourceId, kind: 'ingest' | 'enrich') => {
        for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
          const ended = await runner.work(battered, {
            run,
            source,
            kind,
            full,
            attempt,
            chance: world.streams.of(run, source, attempt),
          });
          tasks += 1;
          print(`  ${source} ${describe(ended)}`);
          await judge(`run ${run}, ${source}`, ended);
          if (ended.outcome !== 'stopped') return;
        }
      };
      const before = world.requests();
      const moments = Array.from({ length: chance.int(4) }, () => before + 1 + chance.int(people * 8));
      world.onRequest((count) => {
        if (moments.includes(count)) world.change(chance);
      });
      await Promise.all(world.creators.map((source) => work(source, 'ingest')));
      await Promise.all(world.sites.map((source) => work(source, 'enrich')));
      world.onRequest(() => {});
      violations.push(...(await whyUnsound(battered, world)).map((why) => `after run ${run}: ${why}`));
    }
    world.calm();
    clock.advance(2 * 24 * HOUR_MS);
    const fresh = await runner.open('fresh.db');
    for (const catalog of [battered, fresh]) {
      run += 1;
      for (const [kind, sources] of [
        ['ingest', world.creators],
        ['enrich', world.sites],
      ] as const) {
        for (const source of sources) {
          const ended = await runner.work(catalog, {
            run,
            source,
            kind,
            full: true,
            attempt: 1,
            chance: null,
          });
          if (ended.outcome !== 'done') violations.push(`at peace ${source} ended ${describe(ended)}`);
        }
      }
      violations.push(...(await whyUnsound(catalog, world)).map((why) => `at peace: ${why}`));
    }
    const [found, wanted] = [await facesOf(battered), await facesOf(fresh)];
    violations.push(...compareFaces(found, wanted), ...runner.oddLines());
    battered.close();
    fresh.close();
    return {
      violations,
      runs: run,
      tasks,
      requests: world.requests(),
      faces: wanted.length,
      endings,
      fault: world.done,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How one attempt at a task ended. */
type Ended = TaskResult | { outcome: 'failed'; error: Error };

function describe(ended: Ended): string {
  if (ended.outcome === 'failed') return `${ended.error.name}: ${ended.error.message}`;
  return ended.outcome === 'skipped' ? `skipped: ${ended.reason}` : ended.outcome;
}

interface Work {
  run: number;
  source: SourceId;
  kind: 'ingest' | 'enrich';
  full: boolean;
  attempt: number;
  /** Decides about a stop or a lost lease in the middle; null for none. */
  chance: ReturnType<HostileWorld['streams']['of']> | null;
}

/** The runner's pipeline with everything real but the faces, and a control plane to report to. */
async function openRunner(
  world: HostileWorld,
  folder: string,
  clock: ReturnType<typeof eventClock>,
  print: (line: string) => void,
) {
  const server = await startFakeControlPlane();
  const odd: string[] = [];
  const log = createLogger({
    sinks: [
      ({ level, message, ...rest }) => {
        if (level !== 'info' && level !== 'debug') print(`    ${level}: ${message}`);
        if (!isPlain({ name: '', message: JSON.stringify([message, rest]) })) odd.push(`log: ${message}`);
      },
    ],
    redact: (text) => text,
  });
  const session = createSession({
    api: createApi({ baseUrl: server.url, token: server.token }),
    log,
    sleep: (ms, signal) => elapsed(ms / 50, undefined, { signal }),
  });
  const engine = createFakeFaceEngine();
  const now = () => new Date(clock.now());
  const random = () => world.streams.of('jitter', clock.now()).next();
  const signingKey = await loadSigningKey(folder);
  mkdirSync(join(folder, 'staging'));
  const sources = createSourceRegistry({
    settings: (name) => world.settings[name],
    clock,
    random,
    origins: world.origins,
    known: readKnownSources(null),
  });

  return {
    oddLines: () => odd,
    open: (name: string) =>
      openCatalog(join(folder, name), {
        now,
        sleep: (ms) => elapsed(ms),
        newId: randomUUID,
        random: Math.random,
        say: () => {},
      }),
    async work(catalog: Catalog, { run, source, kind, full, attempt, chance }: Work): Promise<Ended> {
      const [stop, lost] = [new AbortController(), new AbortController()];
      const lease = fakeLease(`${run}.${source}`, { run_id: run, kind, source, attempt, fence: attempt });
      const since = world.requests();
      const endsAt = chance?.chance(0.15) ? since + 5 + chance.int(150) : null;
      const end = chance?.chance(0.5)
        ? () => stop.abort(new Error('a stop was asked for'))
        : () => lost.abort(new Error('the lease is lost'));
      const timer = setInterval(() => {
        if (endsAt !== null && world.requests() >= endsAt) end();
      }, 5);
      const runTask = createRunTask({
        catalog,
        sources,
        engines: createEngines(async () => engine),
        session,
        stagingDir: join(folder, 'staging'),
        signingKey,
        now,
      });
      try {
        const task = {
          lease: {
            ...lease,
            run_created_at: new Date(Date.UTC(2026, 0, 1) + run * HOUR_MS).toISOString(),
            params: { ...lease.params, full, max_faces_per_source: MAX_FACES, max_faces_total: MAX_FACES },
            config,
          },
          stop: stop.signal,
          signal: lost.signal,
          log,
          report: () => {},
        };
        server.offer(task.lease);
        return await runTask(task);
      } catch (error) {
        if (lost.signal.aborted || error === stop.signal.reason) return { outcome: 'stopped' };
        return { outcome: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
      } finally {
        clearInterval(timer);
      }
    },
    async [Symbol.asyncDispose]() {
      await server.close();
    },
  };
}
