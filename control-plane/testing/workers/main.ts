import { doChores, housekeeping } from '../../src/edge/housekeeping.ts';
import type { Bindings } from '../../src/edge/workers/bindings.ts';
import { createWorker } from '../../src/edge/workers/create-worker.ts';
import type { WorkerSettings } from '../../src/edge/workers/settings.ts';
import { withCauses } from '../../src/http/with-causes.ts';
import { type Command, commandPath, nowHeader, objectsPath, type Seen, worldHeader } from '../world.ts';
import { callObjects } from './call-objects.ts';
import { countingBody, countingInto } from './count-subrequests.ts';
import type { MortalHub } from './mortal-hub.ts';
import { hubOf, openWorld, prefixOf, type World } from './open-world.ts';

export { Digester } from '../../src/edge/workers/digester.ts';
export { MortalHub as Hub } from './mortal-hub.ts';

interface Deployed {
  worker: ReturnType<typeof createWorker>;
  secrets: Partial<WorkerSettings>;
  logged: string[];
}

/** Values only, as in production: one request must never wait for another's promise. */
const worlds = new Map<string, World>();
const deployments = new Map<string, Deployed>();

/** The control plane on Workers, once for every test (`testing/world.ts`). */
export default {
  async fetch(request, bindings, context) {
    const name = request.headers.get(worldHeader) ?? '';
    worlds.get(name)?.clock.moveTo(request.headers.get(nowHeader) ?? '');
    const { pathname } = new URL(request.url);
    if (pathname === commandPath) {
      const command: Command = await request.json();
      return obey(name, command, bindings).then(
        (answer) => Response.json(answer ?? null),
        (error: unknown) => new Response(withCauses(error), { status: 500 }),
      );
    }
    const deployed = deployments.get(name);
    if (deployed) return deployed.worker.fetch(request, { ...bindings, ...deployed.secrets }, context);
    if (pathname === objectsPath) return callObjects(worldOf(name).deps.objects, request);
    const { app, costs } = worldOf(name);
    const own = { what: `${request.method} ${pathname}`, subrequests: 0 };
    costs.push(own);
    const client = request.headers.get('cf-connecting-ip') ?? 'unknown';
    const response = await countingInto(own, () => app.fetch(request, { client }, context));
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    return isStream ? countingBody(own, response) : response;
  },
} satisfies ExportedHandler<Bindings>;

async function obey(name: string, command: Command, bindings: Bindings): Promise<unknown> {
  switch (command.do) {
    case 'open':
      return void worlds.set(name, openWorld(name, bindings, command));
    case 'deploy': {
      const logged: string[] = [];
      const worker = createWorker((level, message) => void logged.push(`${level} ${message}`));
      return void deployments.set(name, { worker, secrets: command.secrets, logged });
    }
    case 'look': {
      const { logged } = deployments.get(name) ?? {};
      return logged ? { ...nothing, logged } : seen(worldOf(name));
    }
    case 'move on':
      return;
    case 'record':
      return worldOf(name).deps.record(...command.lines);
    case 'keep house':
      return keepHouse(worldOf(name), command.what);
    case 'trigger':
      return trigger(worldOf(name), command.cron);
    case 'end hub': {
      const hubs = bindings.HUB as DurableObjectNamespace<MortalHub>;
      return hubs.getByName(hubOf(name)).end();
    }
    case 'list objects': {
      const { objects } = await bindings.R2.list({ prefix: prefixOf(name) });
      return objects.map(({ key }) => key.slice(prefixOf(name).length));
    }
    case 'close': {
      const world = worldOf(name);
      world.clock.end();
      worlds.delete(name);
      return seen(world);
    }
  }
}

function worldOf(name: string): World {
  const world = worlds.get(name);
  if (!world) throw new Error(`There is no world "${name}": open it first`);
  return world;
}

const nothing: Seen = {
  sleepers: 0,
  logged: [],
  outliving: 0,
  costliest: { what: 'nothing', subrequests: 0 },
};

function seen({ clock, logged, outliving, costs }: World): Seen {
  const [costliest = nothing.costliest] = costs.toSorted((a, b) => b.subrequests - a.subrequests);
  return { sleepers: clock.sleepers, logged, outliving, costliest };
}

/** As `scheduled` does it: what shares a trigger shares an invocation. */
async function trigger({ deps, costs }: World, cron: string): Promise<void> {
  const own = { what: `the trigger ${cron}`, subrequests: 0 };
  costs.push(own);
  await countingInto(own, () => doChores(deps, cron));
}

function keepHouse({ deps, costs }: World, what: string): Promise<unknown> {
  const chore = housekeeping.find((each) => each.what === what);
  if (!chore) throw new Error(`There is no chore "${what}"`);
  const own = { what, subrequests: 0 };
  costs.push(own);
  return countingInto(own, () => chore.work(deps));
}
