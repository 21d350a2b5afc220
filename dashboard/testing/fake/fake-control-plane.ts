import { signal } from '@preact/signals';
import { createClient } from '@trainer/contract/client';
import { logLevels, type StoredLogLine } from '@trainer/contract/logs';
import { fieldErrors } from '@trainer/contract/problems';
import { type RouteKey, routeOf, routes } from '@trainer/contract/routes';
import { findUnknownFields } from '@trainer/contract/tolerance';
import { type ControlPlane, type LogFilter, type LogListener, release } from '../../src/api/control-plane.ts';
import { handlers } from './handlers.ts';
import { Refusal } from './refusal.ts';
import type { World } from './world.ts';

/**
 * A control plane that lives in the page: the real client talks to it through `fetch`, requests and answers are
 * checked against the contract, so it cannot drift from the real one unseen.
 */
export function createFakeControlPlane(world: World): ControlPlane {
  return {
    release: signal(release),
    call: createClient({
      baseUrl: 'http://fake.test',
      fetch: async (input, init) => answer(world, new Request(input, init)),
      parse: (key, said) => {
        const schema = routeOf(key).response;
        return schema && typeof schema !== 'string' ? schema.parse(said) : said;
      },
    }),
    openLog: (filter, listener) => openLog(world, filter, listener),
  };
}

async function answer(world: World, request: Request): Promise<Response> {
  if (world.offline) throw new TypeError('fetch failed');
  const found = findRoute(request.method, new URL(request.url).pathname);
  try {
    if (!found) throw new Refusal('not_found', `${request.method} ${request.url} is no route of the fake.`);
    if (!world.session && routeOf(found.key).scope !== 'public')
      throw new Refusal('unauthenticated', 'Sign in first.');
    const said = await dispatch(world, found.key, found.params, request);
    if (world.dropsResponses) throw new TypeError('fetch failed');
    return said === undefined ? new Response(null, { status: 204 }) : Response.json(structuredClone(said));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return Response.json(error.problem, { status: error.problem.status });
  }
}

function findRoute(method: string, path: string): { key: RouteKey; params: Record<string, string> } | null {
  for (const key of Object.keys(routes).filter((each) => each in handlers)) {
    const [wanted, pattern = ''] = key.split(' ');
    if (wanted !== method) continue;
    const match = new RegExp(`^${pattern.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(path);
    // `handlers` only has keys of the contract.
    if (match) return { key: key as RouteKey, params: { ...match.groups } };
  }
  return null;
}

async function dispatch(
  world: World,
  key: RouteKey,
  params: Record<string, string>,
  request: Request,
): Promise<unknown> {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const headers = Object.fromEntries(request.headers);
  const body = await readBody(key, request);
  // Each handler takes its own request, which the lookup by key cannot express; the body was checked above.
  const handle = handlers[key] as (world: World, request: unknown) => unknown;
  return handle(world, { params, query, headers, body });
}

async function readBody(key: RouteKey, request: Request): Promise<unknown> {
  const schema = routeOf(key).body;
  if (!schema || typeof schema === 'string') return undefined;
  const body: unknown = await request.json();
  const parsed = schema.safeParse(body);
  const unknown = findUnknownFields(schema, body).map((path) => ({
    field: path.join('.'),
    message: 'is not a known field',
  }));
  if (parsed.success && unknown.length === 0) return body;
  const wrong = parsed.error ? fieldErrors(parsed.error).errors : [];
  throw new Refusal('invalid_request', 'Some fields are invalid.', [...wrong, ...unknown]);
}

function openLog(world: World, filter: LogFilter, listener: LogListener): () => void {
  const wanted = (line: StoredLogLine) =>
    line.run_id === filter.run &&
    (filter.source === null || line.source === filter.source) &&
    logLevels.indexOf(line.level) >= logLevels.indexOf(filter.level);
  const hear = (line: StoredLogLine) => wanted(line) && listener.line(line);
  listener.state('live');
  for (const line of world.lines.slice(-500)) hear(line);
  world.logListeners.add(hear);
  return () => world.logListeners.delete(hear);
}
