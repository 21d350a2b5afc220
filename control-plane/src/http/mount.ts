import { fieldErrors } from '@trainer/shared/problems';
import { type ResponseOf, type Route, type RouteKey, type Routes, routeOf } from '@trainer/shared/routes';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { AppEnv, Caller, Site } from './app-env.ts';
import { invalidRequest } from './problem-error.ts';
import { readBody } from './read-body.ts';

type Parsed<K extends RouteKey, P extends string> =
  Routes[K] extends Record<P, infer S>
    ? S extends z.ZodType
      ? z.output<S>
      : S extends 'application/yaml'
        ? string
        : ReadableStream<Uint8Array<ArrayBuffer>>
    : undefined;

/** What a handler is given: everything parsed, and who is asking. */
export interface Asked<K extends RouteKey> {
  params: Parsed<K, 'params'>;
  query: Parsed<K, 'query'>;
  headers: Parsed<K, 'headers'>;
  body: Parsed<K, 'body'>;
  /** The JSON body before defaults were filled in. */
  bodyAsSent: unknown;
  /** On public routes nobody in particular. */
  caller: Caller;
  /** The caller's network address. */
  client: string;
  request: Request;
  /** Aborts when the caller is gone, where the platform can tell. */
  signal: AbortSignal;
}

/** Returns what the route's schema says, or a ready `Response` for streams, files and extra headers. */
export type Handler<K extends RouteKey> = (
  asked: Asked<K>,
) => Promise<ResponseOf<K> | Response> | (ResponseOf<K> extends undefined ? Promise<void> : never);

interface MountOptions {
  /** What the body may be now, where that depends on what is stored: the route's schema, and more. */
  bodySchema?: () => Promise<z.ZodType>;
}

/**
 * Serves one route of the contract: scope, then content type and size, then params, query, headers and body by
 * their schemas. Every wrong field is named at once.
 */
export function mount<K extends RouteKey>(
  { app, gate }: Site,
  key: K,
  handle: Handler<K>,
  { bodySchema }: MountOptions = {},
): void {
  const route = routeOf(key);
  const [method = '', path = ''] = key.split(' ');
  app.on(method, path.replace(/\{(\w+)\}/g, ':$1'), async (context) => {
    const caller = await gate(route, context);
    const bodyAsSent = await readBody(route, context.req.raw);
    const asIs = bodySchema ? { ...route, body: await bodySchema() } : route;
    const parts = parseParts(asIs, context, bodyAsSent);
    // The parts were just parsed with the very schemas that `Asked<K>` is made from.
    const asked = {
      ...parts,
      bodyAsSent,
      caller,
      client: context.env?.client ?? 'unknown',
      request: context.req.raw,
      signal: context.req.raw.signal,
    } as unknown as Asked<K>;
    return toResponse(route, await handle(asked));
  });
}

function parseParts(route: Route, context: Context<AppEnv>, body: unknown) {
  const given = {
    params: context.req.param(),
    query: context.req.query(),
    headers: context.req.header(),
    body,
  };
  const issues: z.ZodError['issues'][] = [];
  const parse = (part: 'params' | 'query' | 'headers' | 'body') => {
    const schema = route[part];
    if (schema === undefined) return undefined;
    if (typeof schema === 'string') return given[part];
    const parsed = schema.safeParse(given[part]);
    if (!parsed.success) issues.push(parsed.error.issues);
    return parsed.data;
  };
  const parts = {
    params: parse('params'),
    query: parse('query'),
    headers: parse('headers'),
    body: parse('body'),
  };
  if (issues.length > 0) throw invalidRequest(fieldErrors({ issues: issues.flat() }));
  return parts;
}

function toResponse(route: Route, answer: unknown): Response {
  if (answer instanceof Response) return answer;
  const headers = { 'cache-control': 'no-store' };
  if (answer === undefined) return new Response(null, { status: route.status ?? 204, headers });
  return Response.json(answer, { status: route.status ?? 200, headers });
}
