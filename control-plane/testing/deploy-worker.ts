import { inject } from 'vitest';
import type { WorkerSettings } from '../src/edge/workers/settings.ts';
import { type Command, commandPath, seenSchema, worldHeader } from './world.ts';

export interface DeployedWorker {
  /** `path` begins with `/`. */
  request: (path: string, init?: RequestInit) => Promise<Response>;
  logged: () => Promise<string[]>;
}

/** The Worker as it is deployed with these secrets, in the one workerd of the vitest project: a new isolate of its own. */
export async function deployWorker(secrets: Partial<WorkerSettings>): Promise<DeployedWorker> {
  const world = crypto.randomUUID();
  const request = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set(worldHeader, world);
    return fetch(inject('workerdUrl') + path, { ...init, headers });
  };
  const command = async (body: Command): Promise<unknown> =>
    (await request(commandPath, { method: 'POST', body: JSON.stringify(body) })).json();
  await command({ do: 'deploy', secrets });
  return { request, logged: async () => seenSchema.parse(await command({ do: 'look' })).logged };
}
