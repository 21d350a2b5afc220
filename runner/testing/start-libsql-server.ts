import { DatabaseSync } from 'node:sqlite';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { createHranaServer } from '@trainer/libsql/hrana/server';
import { startWebServer } from './start-web-server.ts';

/**
 * A libSQL server on loopback that serves the database file at `path`, as `npm run libsql-server` does.
 * @param prepare what each connection begins with
 */
export async function startLibsqlServer(path: string, authToken?: string, prepare = '') {
  const open = () => {
    const handle = new DatabaseSync(path, { timeout: 0 });
    handle.exec('PRAGMA journal_mode = WAL');
    // Nobody cuts the power of a test.
    handle.exec('PRAGMA synchronous = OFF');
    handle.exec('PRAGMA secure_delete = ON');
    handle.exec(prepare);
    return handle;
  };
  const sleep = (ms: number, signal?: AbortSignal) => setTimeout(ms, undefined, { signal }).catch(() => {});
  const hrana = createHranaServer({ open, sleep, authToken });
  const server = await startWebServer(async (incoming, response) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const { authorization } = headers;
    const request = new Request(new URL(url, 'http://127.0.0.1'), {
      method,
      headers: authorization === undefined ? {} : { authorization },
      body: method === 'POST' ? await buffer(incoming) : null,
    });
    const answer = await hrana.fetch(request);
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await answer.text());
  });
  return {
    url: server.origin,
    requests: server.requests,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      hrana.close();
    },
  };
}
