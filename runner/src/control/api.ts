import {
  ApiProblem,
  ApiUnreachable,
  type Call,
  type CallOptions,
  createClient,
} from '@trainer/contract/client';
import { limits } from '@trainer/contract/limits';
import { describeMistakes } from '@trainer/contract/problems';
import type { OwnProgram } from '@trainer/contract/protocol';
import { type RouteKey, routeOf } from '@trainer/contract/routes';
import { withUnknown } from '@trainer/contract/tolerance';
import { version } from '@trainer/contract/version';
import { z } from 'zod';

/**
 * The control plane, one method per route and no policy: nothing is repeated here (`session.ts` does that), but
 * every call ends, and every answer is what the contract says.
 */
export interface ApiOptions {
  /** `http://127.0.0.1:8080`, with or without a slash at its end. */
  baseUrl: string;
  token?: string;
  /** What calls; the runner itself when left out. */
  program?: OwnProgram;
  fetch?: typeof fetch;
  /** How long an answer may take to begin, or to arrive when it is JSON, ms. */
  timeoutMsOf?: (key: RouteKey) => number;
}

/** The control plane answered, but not as the contract says: one of the two sides is older than the other. */
export class ApiMismatch extends Error {
  override readonly name = 'ApiMismatch';
  /** As it came. */
  readonly answer: unknown;

  constructor(message: string, answer: unknown) {
    super(message);
    this.answer = answer;
  }
}

/** @throws ApiProblem, ApiUnreachable, ApiMismatch, or what the caller's `signal` was aborted with */
export function createApi({
  baseUrl,
  token,
  program = 'runner',
  fetch,
  timeoutMsOf = timeoutOf,
}: ApiOptions): Call {
  const client = loosely(
    createClient({
      baseUrl: baseUrl.replace(/\/+$/, ''),
      token,
      program: { name: program, version },
      fetch: withoutRedirects(fetch),
      parse: (key, answer) => {
        const read = parse(key, answer);
        // `--json` gives scripts everything that the control plane said.
        return program === 'cli' ? withUnknown(read, answer) : read;
      },
    }),
  );
  const call = async (key: RouteKey, request: CallOptions = {}): Promise<unknown> => {
    const timeoutMs = timeoutMsOf(key);
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, timeout.signal]) : timeout.signal;
    try {
      return await expectJson(key, await client(key, { ...request, signal }), baseUrl);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (timeout.signal.aborted) {
        throw new ApiUnreachable(`${key}: no answer from ${baseUrl} within ${timeoutMs} ms`, null);
      }
      throw isOurs(error)
        ? error
        : new ApiUnreachable(`${key}: the answer broke off`, null, { cause: error });
    } finally {
      // A stream or a file may then take as long as it likes.
      clearTimeout(timer);
    }
  };
  // Each key has its own request and answer types, which one function body cannot be typed with.
  return call as Call;
}

/** A redirected POST would arrive as a GET, and without its token: whoever sends elsewhere is not the control plane. */
function withoutRedirects(doFetch: typeof fetch = globalThis.fetch): typeof fetch {
  return (input, init) => doFetch(input, { ...init, redirect: 'manual' });
}

type LooseCall = (key: RouteKey, request: CallOptions) => Promise<unknown>;

function loosely(client: Call): LooseCall {
  return client as LooseCall;
}

function givesJson(key: RouteKey): boolean {
  const { response } = routeOf(key);
  return response === undefined || response instanceof z.ZodType;
}

function isOurs(error: unknown): boolean {
  return error instanceof ApiProblem || error instanceof ApiUnreachable || error instanceof ApiMismatch;
}

/** A long poll waits as long as it was told to; hashing a whole version takes minutes on a small disk. */
function timeoutOf(key: RouteKey): number {
  if (key === 'POST /api/leases') return limits.longPollMaxMs + 10_000;
  if (key === 'POST /api/leases/{task}/version/publish') return 15 * 60_000;
  if (key === 'PUT /api/leases/{task}/version/artifacts/{name}/parts/{number}') return 5 * 60_000;
  return 30_000;
}

/** What an older control plane leaves out takes its default, and what a newer one adds is ignored. */
function parse(key: RouteKey, answer: unknown): unknown {
  const { response } = routeOf(key);
  if (!(response instanceof z.ZodType)) return answer;
  const parsed = response.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new ApiMismatch(
    `${key}: the answer is not what this runner ${version} expects (${describeMistakes(parsed.error)}). ` +
      'Bring runner and control plane to the same version.',
    answer,
  );
}

async function expectJson(key: RouteKey, answer: unknown, baseUrl: string): Promise<unknown> {
  const { response } = routeOf(key);
  const isWrong =
    answer instanceof Response ? givesJson(key) : answer === undefined && response !== undefined;
  if (!isWrong) return answer;
  const { status, headers, body } = answer instanceof Response ? answer : new Response(null, { status: 204 });
  // A body that nobody reads would keep its connection.
  await body?.cancel();
  const type = headers.get('content-type') ?? 'nothing';
  throw new ApiUnreachable(`${key}: ${baseUrl} answered ${status} with ${type} instead of JSON`, status);
}
