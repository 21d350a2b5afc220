import { type Call, createClient } from '@trainer/contract/client';
import { logLevels } from '@trainer/contract/logs';
import { type RouteKey, routeOf } from '@trainer/contract/routes';
import type { Scope } from '@trainer/contract/tokens';
import { asc, isNull } from 'drizzle-orm';
import type { Deps, OwnLine, Timings } from '../src/context/deps.ts';
import { logLines } from '../src/db/schema/logs.ts';
import type { ObjectStore } from '../src/objects/object-store.ts';
import { createToken } from '../src/tokens/create-token.ts';
import type { FakeClock } from './fake-clock.ts';

export interface TestAppOptions {
  /** What shall be otherwise than Node's. */
  timings?: Partial<Timings>;
  /** Where browsers reach it. */
  publicUrl?: URL | null;
}

/** A control plane on one of the edges, before anybody may use it. */
export interface TestEdge {
  /** What a test may touch directly, wherever the control plane runs. */
  deps: Pick<Deps, 'db' | 'clock'>;
  clock: FakeClock;
  /** The address of the control plane, as browsers name it in `Origin`. */
  origin: string;
  /** Sends a request as a program or browser would; `path` begins with `/`. */
  request: (path: string, init?: RequestInit) => Promise<Response>;
  /** How many requests wait for time to pass or for something to happen. */
  sleepers: () => Promise<number>;
  /** The program's log: `error A log stream ended`. */
  logged: () => Promise<string[]>;
  /** Puts lines of the control plane itself into the log, as it does. */
  record: (...lines: OwnLine[]) => Promise<void>;
  /** Does a chore of `edge/housekeeping.ts`; answers with what it answered. */
  keepHouse: (what: string) => Promise<unknown>;
  /** Resolves when all that outlives its answer is over. */
  settled: () => Promise<void>;
  /** The version store, behind the back of the control plane. */
  objects: ObjectStore;
  /** The keys of all objects in it, in order. */
  stored: () => Promise<string[]>;
  /** Ends the process or isolate and begins it anew on what it has stored. */
  restart: () => Promise<void>;
  /** Lets go of the database and of everything else. */
  close: () => Promise<void>;
}

export type Tokens = Record<Scope, string>;

export interface TestApp extends TestEdge {
  /** A typed caller with a token of that scope, whose answers are held to the contract. */
  as: (scope: Scope) => Call;
  /** The tokens that `as` uses. */
  tokens: Tokens;
  /** What the control plane itself has put into the log, oldest first. */
  recorded: () => Promise<Required<Omit<OwnLine, 'fields'>>[]>;
}

/** One token of each scope. */
export async function createTokens(deps: TestEdge['deps']): Promise<Tokens> {
  const make = async (scope: Scope) =>
    (await createToken(deps, { name: `test ${scope}`, scope, expiresAt: null })).token;
  return {
    read: await make('read'),
    trigger: await make('trigger'),
    runner: await make('runner'),
    admin: await make('admin'),
  };
}

/** What a test of the control plane on `edge` wants beside: callers with `tokens`, and the log. */
export function toTestApp<E extends TestEdge>(edge: E, tokens: Tokens): E & TestApp {
  const { deps, origin, request } = edge;
  const byPath: typeof fetch = (input, init) => request(String(input).slice(origin.length), init);
  return {
    ...edge,
    tokens,
    as: (scope) => createClient({ baseUrl: origin, token: tokens[scope], fetch: byPath, parse }),
    recorded: () => ownLines(deps),
  };
}

/** An answer that the contract does not know fails the test that got it. */
function parse(key: RouteKey, answer: unknown): unknown {
  const { response } = routeOf(key);
  return response && typeof response !== 'string' ? response.parse(answer) : answer;
}

async function ownLines({ db }: Pick<Deps, 'db'>) {
  const rows = await db.select().from(logLines).where(isNull(logLines.seq)).orderBy(asc(logLines.id));
  return rows.map(({ level, message, source, runId, taskId }) => ({
    level: logLevels[level] ?? 'info',
    message,
    source,
    runId,
    taskId,
  }));
}
