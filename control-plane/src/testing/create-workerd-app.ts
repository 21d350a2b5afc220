import { inject } from 'vitest';
import { z } from 'zod';
import { migrate } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import { readMigrations } from '../edge/node/read-migrations.ts';
import { FakeClock } from './fake-clock.ts';
import { serveFreshDatabase } from './open-test-database.ts';
import { remoteObjects } from './remote-objects.ts';
import { type TestApp, type TestAppOptions, toTestApp } from './test-app.ts';
import { type Command, commandPath, nowHeader, seenSchema, worldHeader } from './world.ts';

/** What one request may ask of others on Cloudflare's free plan: databases, R2, Durable Objects. */
const SUBREQUESTS = 50;

/** A whole control plane in the one workerd of the vitest project, in a world of its own. */
export async function createWorkerdApp({ tempo = {} }: TestAppOptions = {}): Promise<TestApp> {
  const origin = inject('workerdUrl');
  const world = crypto.randomUUID();
  const { client, url, authToken, close } = await serveFreshDatabase();
  const clock = new FakeClock();
  await migrate(client, readMigrations(), clock.now());

  const request = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set(worldHeader, world);
    headers.set(nowHeader, `${clock.moves} ${clock.now()}`);
    return fetch(origin + path, { ...init, headers });
  };
  const command = async (body: Command): Promise<unknown> => {
    const response = await request(commandPath, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`workerd refuses "${body.do}": ${await response.text()}`);
    return response.json();
  };
  const look = async () => seenSchema.parse(await command({ do: 'look' }));
  const open = () => command({ do: 'open', database: { url, authToken }, tempo });

  await open();
  let moved: Promise<unknown> = Promise.resolve();
  clock.onAdvance = () => {
    moved = command({ do: 'move on' });
  };
  return toTestApp({
    deps: { db: openDatabase(client), clock },
    clock,
    origin,
    request,
    sleepers: async () => (await look()).sleepers,
    logged: async () => (await look()).logged,
    record: async (...lines) => void (await command({ do: 'record', lines })),
    keepHouse: (what) => command({ do: 'keep house', what }),
    objects: remoteObjects(request),
    stored: async () => z.array(z.string()).parse(await command({ do: 'list objects' })),
    restart: async () => void (await open()),
    close: async () => {
      await moved;
      const { costliest } = seenSchema.parse(await command({ do: 'close' }));
      await close();
      if (costliest.subrequests <= SUBREQUESTS) return;
      throw new Error(
        `${costliest.what} needed ${costliest.subrequests} subrequests, and a Worker has ${SUBREQUESTS}: ` +
          'put statements into a batch, or do less at a time',
      );
    },
  });
}
