import type { Route } from '@trainer/contract/routes';
import type { Scope } from '@trainer/contract/tokens';
import type { Context, Hono } from 'hono';
import type { Deps } from './deps.ts';

/** What an edge hands over beside each request, and what is known about the request inside. */
export interface AppEnv {
  Bindings: {
    /** The caller's network address, for counting failed attempts. */
    client?: string;
  };
  Variables: { requestId: string };
}

/** Who is asking. */
export interface Caller {
  kind: 'token' | 'session' | 'nobody';
  /** The token's name, as it appears as actor of runs and revisions. */
  name: string;
  /** Null for nobody. */
  scope: Scope | null;
  /** When the token or session ends, ms since 1970. */
  expiresAt: number | null;
  /** The token that was shown, or with which the session was opened; null for sessions of one-time codes and for nobody. */
  tokenId: number | null;
  /** The stored hash of the session's secret; null without a session. */
  sessionHash: string | null;
}

/** Lets a request through to a route, or throws a `ProblemError`. */
export type Gate = (route: Route, context: Context<AppEnv>) => Promise<Caller>;

/** What rooms mount their routes on. */
export interface AppContext {
  app: Hono<AppEnv>;
  deps: Deps;
  gate: Gate;
}
