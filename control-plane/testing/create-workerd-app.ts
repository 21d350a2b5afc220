import { setTimeout } from 'node:timers/promises';
import { inject } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../src/db/open.ts';
import { FakeClock } from './fake-clock.ts';
import { AUTH_TOKEN } from './open-test-database.ts';
import { serveReadyDatabase } from './ready-database.ts';
import { remoteObjects } from './remote-objects.ts';
import { type TestApp, type TestAppOptions, type TestEdge, toTestApp } from './test-app.ts';
import { type Command, commandPath, nowHeader, seenSchema, worldHeader } from './world.ts';

/** What one request may ask of others on Cloudflare's free plan: databases, R2, Durable Objects. */
const SUBREQUESTS = 50;

/** What workerd lets a test do beside. */
export interface WorkerdApp extends TestApp {
  /** Fires a cron trigger. */
  trigger: (cron: string) => Promise<void>;
  /** Ends the hub as Cloudflare does now and then: those who wait hear nothing, and the next call makes a new one. */
  endHub: () => Promise<void>;
}

/** A whole control plane in the one workerd of the vitest project, in a world of its own. */
export async function createWorkerdApp({
  timings = {},
  publicUrl,
}: TestAppOptions = {}): Promise<WorkerdApp> {
  const origin = inject('workerdUrl');
  const world = crypto.randomUUID();
  const { client, address, tokens, close } = await serveReadyDatabase();
  const database = { url: address, authToken: AUTH_TOKEN };
  const clock = new FakeClock();

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
  const open = () => command({ do: 'open', database, timings, publicUrl: publicUrl?.href });

  await open();
  let moved: Promise<unknown> = Promise.resolve();
  clock.onAdvance = () => {
    moved = command({ do: 'move on' });
  };
  const edge: TestEdge & Pick<WorkerdApp, 'trigger' | 'endHub'> = {
    deps: { db: openDatabase(client), clock },
    clock,
    origin,
    request,
    sleepers: async () => (await look()).sleepers,
    logged: async () => (await look()).logged,
    record: async (...lines) => void (await command({ do: 'record', lines })),
    keepHouse: (what) => command({ do: 'keep house', what }),
    trigger: async (cron) => void (await command({ do: 'trigger', cron })),
    endHub: async () => void (await command({ do: 'end hub' }).catch(() => undefined)),
    async settled() {
      while ((await look()).outliving > 0) await setTimeout(5);
    },
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
  };
  return toTestApp(edge, tokens);
}
