import { createApp } from '../../src/app.ts';
import type { Deps } from '../../src/context/deps.ts';
import { nodeTimings } from '../../src/edge/timings.ts';
import type { Bindings } from '../../src/edge/workers/bindings.ts';
import { buildDeps } from '../../src/edge/workers/build-deps.ts';
import { sendSoon } from '../../src/hooks/deliveries.ts';
import { recordLines } from '../../src/logs/record-lines.ts';
import type { ObjectStore, ObjectUpload } from '../../src/objects/object-store.ts';
import type { Command } from '../world.ts';
import { countedBindings } from './count-subrequests.ts';
import { taggingParts } from './tag-parts.ts';
import { notifierByClock, WorldClock } from './world-clock.ts';

export interface World {
  deps: Deps;
  app: ReturnType<typeof createApp>;
  clock: WorldClock;
  logged: string[];
  /** Work under way that outlives its answer. */
  outliving: number;
  /** One entry per request and chore. */
  costs: { what: string; subrequests: number }[];
}

/** What an isolate would open, with the clock, the objects and the hub of one test. */
export function openWorld(
  name: string,
  bindings: Bindings,
  { database, timings, publicUrl }: Extract<Command, { do: 'open' }>,
): World {
  const clock = new WorldClock();
  const logged: string[] = [];
  const all = countedBindings({ ...bindings, R2: taggingParts(bindings.R2) });
  const own = { ...all, HUB: ownHub(all.HUB, name) };
  const settings = {
    LIBSQL_URL: database.url,
    LIBSQL_AUTH_TOKEN: database.authToken,
    ADMIN_TOKEN: 'a key for tests',
    SECRET_KEY: undefined,
    PUBLIC_URL: publicUrl,
  };
  const log: Deps['log'] = (level, message) => void logged.push(`${level} ${message}`);
  const built = buildDeps(own, settings, { clock, log });
  const deps: Deps = {
    ...built,
    objects: under(prefixOf(name), built.objects),
    notifier: notifierByClock(built.notifier, clock),
    later: (work) => built.later(() => whileOutliving(world, work)),
    // Without printing them.
    record: (...lines) => recordLines(deps, lines),
    deliverSoon: () => sendSoon(deps),
    // Tests say what is expected of both edges, so time passes in both alike.
    timings: { ...nodeTimings, ...timings },
  };
  const world: World = { deps, app: createApp(deps), clock, logged, outliving: 0, costs: [] };
  return world;
}

async function whileOutliving(world: World, work: () => Promise<void>): Promise<void> {
  world.outliving += 1;
  await work().finally(() => {
    world.outliving -= 1;
  });
}

/** What the hub of a world is called among all hubs. */
export function hubOf(world: string, name = 'hub'): string {
  return `${name} of ${world}`;
}

/** The folder of a world's objects in the bucket. */
export function prefixOf(world: string): string {
  return `${world}/`;
}

function ownHub(hubs: Bindings['HUB'], world: string): Bindings['HUB'] {
  return new Proxy(hubs, {
    get: (_, member) =>
      member === 'getByName' ? (name: string) => hubs.getByName(hubOf(world, name)) : undefined,
  });
}

function under(prefix: string, objects: ObjectStore): ObjectStore {
  const own = ({ key, ticket }: ObjectUpload) => ({ key: prefix + key, ticket });
  return {
    begin: (key) => objects.begin(prefix + key),
    putPart: (upload, part, body) => objects.putPart(own(upload), part, body),
    complete: (upload, whole, receipts) => objects.complete(own(upload), whole, receipts),
    abort: (upload) => objects.abort(own(upload)),
    read: (key, range) => objects.read(prefix + key, range),
    delete: (keys) => objects.delete(keys.map((key) => prefix + key)),
    check: () => objects.check(),
  };
}
