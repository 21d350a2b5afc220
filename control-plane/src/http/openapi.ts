import { problemSchema, problems } from '@trainer/contract/problems';
import { type Route, type RouteKey, routeOf, routes } from '@trainer/contract/routes';
import { scopes } from '@trainer/contract/tokens';
import { version } from '@trainer/contract/version';
import { z } from 'zod';
import type { AppContext } from '../context/app-context.ts';
import { mount } from './mount.ts';

type Json = Record<string, unknown>;

/** Every route, described by the schemas that validate it. */
export function mountOpenApi(appContext: AppContext): void {
  let made: Json | null = null;
  mount(appContext, 'GET /api/openapi.json', async () => {
    made ??= describeApi();
    return made;
  });
}

/** The contract as an OpenAPI 3.1 document. */
export function describeApi(): Json {
  const paths: Record<string, Json> = {};
  for (const key of Object.keys(routes).filter(isRouteKey)) {
    const [method = '', path = ''] = key.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: describeRoute(key) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'stash-sense-trainer',
      version,
      description: 'The control plane: runs, leases, logs, configuration, versions and tokens.',
    },
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(problemSchema, 'output') },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: scopesAsText() },
        session: { type: 'apiKey', in: 'cookie', name: 'sst_session' },
      },
    },
  };
}

function describeRoute(key: RouteKey): Json {
  const route = routeOf(key);
  return {
    operationId: operationId(key),
    summary: route.summary,
    ...(route.scope === 'public' ? { security: [] } : { description: `Needs the scope \`${route.scope}\`.` }),
    parameters: [
      ...parameters(route.params, 'path'),
      ...parameters(route.query, 'query'),
      ...parameters(route.headers, 'header'),
    ],
    ...(route.body && { requestBody: { required: true, content: content(route.body, 'input') } }),
    responses: { ...success(route), ...refusals(route) },
  };
}

/** `postLeasesTaskHeartbeat` */
function operationId(key: RouteKey): string {
  const words = key.toLowerCase().match(/[a-z]+/g) ?? [];
  return words
    .filter((word) => word !== 'api')
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

function parameters(schema: z.ZodObject | undefined, where: 'path' | 'query' | 'header'): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, part]) => ({
    name,
    in: where,
    required: where === 'path' || !z.safeParse(part as z.ZodType, undefined).success,
    // What arrives is text; the output side is the one that says what it must mean.
    schema: jsonSchema(part as z.ZodType, 'output'),
  }));
}

function content(body: NonNullable<Route['body'] | Route['response']>, side: 'input' | 'output'): Json {
  if (body === 'application/octet-stream') return { [body]: {} };
  if (typeof body === 'string') return { [body]: { schema: { type: 'string' } } };
  return { 'application/json': { schema: jsonSchema(body, side) } };
}

function success(route: Route): Json {
  const status = String(route.status ?? 200);
  if (!route.response) return { [status]: { description: 'Done' } };
  return { [status]: { description: route.summary, content: content(route.response, 'output') } };
}

function refusals(route: Route): Json {
  const codes = new Set(route.problems);
  if (route.scope !== 'public') {
    codes.add('unauthenticated').add('forbidden').add('too_many_requests').add('protocol_mismatch');
  }
  if (route.params || route.query || route.headers || route.body) codes.add('invalid_request');
  if (route.body) codes.add('too_large').add('unsupported_media');
  const byStatus = Map.groupBy([...codes], (code) => problems[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      {
        description: group.map((code) => `\`${code}\`: ${problems[code].title}`).join('; '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

function scopesAsText(): string {
  return Object.entries(scopes)
    .map(([name, { gloss }]) => `\`${name}\` ${gloss}`)
    .join('; ');
}

function isRouteKey(key: string): key is RouteKey {
  return Object.hasOwn(routes, key);
}
