import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describeMistakes } from '@trainer/contract/problems';
import { type RouteKey, routeOf, routes } from '@trainer/contract/routes';
import { findUnknownFields } from '@trainer/contract/tolerance';
import { z } from 'zod';

export interface FakeRequest {
  key: RouteKey;
  params: Record<string, string>;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Parsed JSON, or the bytes of an artifact's part. */
  body: unknown;
  /** When it arrived, ms since the epoch. */
  at: number;
}

const table = Object.keys(routes)
  .filter((key): key is RouteKey => key in routes)
  .map((key) => {
    const [method, path = ''] = key.split(' ');
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    return { key, method, names, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)')}$`) };
  });

/** Finds the request's route and reads its body; undefined when the contract has no such route. */
export async function receive(incoming: IncomingMessage): Promise<FakeRequest | undefined> {
  const at = Date.now();
  const url = new URL(incoming.url ?? '/', 'http://fake');
  const bytes = await buffer(incoming);
  for (const { key, method, names, pattern } of table) {
    const match = method === incoming.method ? pattern.exec(url.pathname) : null;
    if (!match) continue;
    const params = Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(match[i + 1] ?? '')]));
    const isJson = incoming.headers['content-type'] === 'application/json';
    const body: unknown = isJson ? JSON.parse(bytes.toString()) : new Uint8Array(bytes);
    return { key, params, query: url.searchParams, headers: incoming.headers, body, at };
  }
  return undefined;
}

/** How a request breaks the contract, if it does. */
export function breachOf({ key, params, query, headers, body }: FakeRequest): string | undefined {
  const route = routeOf(key);
  const checks: [z.ZodType | string | undefined, unknown][] = [
    [route.params, params],
    [route.query, Object.fromEntries(query)],
    [route.headers, headers],
    [route.body, body],
  ];
  for (const [schema, value] of checks) {
    if (!(schema instanceof z.ZodType)) continue;
    const parsed = schema.safeParse(value);
    if (!parsed.success) return `${key}: ${describeMistakes(parsed.error)}`;
    // The real one ignores them from programs; our own programs must not send any.
    const [unknown] = schema === route.headers ? [] : unknownFields(schema, value);
    if (unknown) return `${key}: ${unknown.join('.')} is not a known field`;
  }
  return undefined;
}

/** The fencing number, which parts carry in the query and everything else in the body. */
export function fenceOf({ query, body }: FakeRequest): number {
  const inBody = z.object({ fence: z.number() }).safeParse(body);
  return inBody.success ? inBody.data.fence : Number(query.get('fence'));
}

/** A manifest is a document of its own, which the contract names only in part. */
function unknownFields(schema: z.ZodType, value: unknown): string[][] {
  return findUnknownFields(schema, value).filter(([first]) => first !== 'manifest');
}
