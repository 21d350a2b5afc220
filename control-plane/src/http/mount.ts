import { describeErrors, fieldErrors } from '@trainer/contract/problems';
import { describeReleases, readIntroduction } from '@trainer/contract/protocol';
import { type ResponseOf, type Route, type RouteKey, type Routes, routeOf } from '@trainer/contract/routes';
import { findUnknownFields } from '@trainer/contract/tolerance';
import { version } from '@trainer/contract/version';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { AppContext, AppEnv, Caller } from '../context/app-context.ts';
import { invalidRequest, ProblemError } from './problem-error.ts';
import { findMismatch, type Mismatch } from './protocol.ts';
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

export interface MountOptions {
  /** What the body may be now, where that depends on what is stored: the route's schema, and more. */
  bodySchema?: () => Promise<z.ZodType>;
  /** What the body shall replace: a field that is not known here may stay where it is stored already. */
  storedBefore?: () => Promise<unknown>;
  /** Called before a caller whose protocol does not fit is refused, with its body as it was sent. */
  onMismatch?: (mismatch: Mismatch, bodyAsSent: unknown, caller: Caller) => Promise<void>;
}

/**
 * Serves one route of the contract: scope, then protocol, then content type and size, then params, query, headers and body by
 * their schemas. Every wrong field is named at once. Public routes answer every protocol.
 *
 * What a program sends (routes of the scope `runner`) may hold fields that are not known here. What people send may not: there
 * an unknown field is a typing error.
 */
export function mount<K extends RouteKey>(
  { app, gate }: AppContext,
  key: K,
  handle: Handler<K>,
  { bodySchema, onMismatch, storedBefore }: MountOptions = {},
): void {
  const route = routeOf(key);
  const [method = '', path = ''] = key.split(' ');
  app.on(method, path.replace(/\{(\w+)\}/g, ':$1'), async (context) => {
    const caller = await gate(route, context);
    const mismatch = route.scope === 'public' ? null : findMismatch(context.req.raw.headers);
    if (mismatch) {
      if (onMismatch) {
        const body: unknown = await readBody(route, context.req.raw).catch(() => undefined);
        await onMismatch(mismatch, body, caller);
      }
      throw new ProblemError('protocol_mismatch', mismatch.reason);
    }
    const bodyAsSent = await readBody(route, context.req.raw);
    const asIs = bodySchema ? { ...route, body: await bodySchema() } : route;
    const parts = parseParts(asIs, context, bodyAsSent, await storedBefore?.());
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

function parseParts(route: Route, context: Context<AppEnv>, body: unknown, stored: unknown) {
  const given = {
    params: context.req.param(),
    query: context.req.query(),
    headers: context.req.header(),
    body,
  };
  const isByPeople = route.scope !== 'runner';
  const issues: z.ZodError['issues'][] = [];
  const parse = (part: 'params' | 'query' | 'headers' | 'body') => {
    const schema = route[part];
    if (schema === undefined) return undefined;
    if (typeof schema === 'string') return given[part];
    const parsed = schema.safeParse(given[part]);
    if (!parsed.success) issues.push(parsed.error.issues);
    if (isByPeople && part === 'query') issues.push(unknownIn(schema, given.query));
    if (isByPeople && part === 'body') issues.push(unknownIn(schema, body, stored));
    return parsed.data;
  };
  const parts = {
    params: parse('params'),
    query: parse('query'),
    headers: parse('headers'),
    body: parse('body'),
  };
  const found = issues.flat();
  if (found.length === 0) return parts;
  const { errors, more } = fieldErrors({ issues: found });
  const releases = describeReleases(readIntroduction(context.req.raw.headers).program, version);
  if (!releases) throw invalidRequest({ errors, more });
  throw new ProblemError('invalid_request', `${describeErrors(errors, more)}. ${releases}`, { errors });
}

/** Fields that the schema does not name, as it would name them itself were it strict. */
export function unknownIn(schema: z.ZodType, value: unknown, stored?: unknown): z.ZodError['issues'] {
  return findUnknownFields(schema, value, stored).map((path) => ({
    code: 'unrecognized_keys',
    keys: path.slice(-1),
    path: path.slice(0, -1),
    message: 'is not a known field',
  }));
}

function toResponse(route: Route, answer: unknown): Response {
  if (answer instanceof Response) return answer;
  const headers = { 'cache-control': 'no-store' };
  if (answer === undefined) return new Response(null, { status: route.status ?? 204, headers });
  return Response.json(answer, { status: route.status ?? 200, headers });
}
