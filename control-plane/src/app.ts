import { visible } from '@trainer/contract/visible';
import { Hono } from 'hono';
import { mountConfig } from './config/routes.ts';
import type { AppContext, AppEnv } from './context/app-context.ts';
import type { Deps } from './context/deps.ts';
import { mountExclusions } from './exclusions/routes.ts';
import { mountHealth } from './health/routes.ts';
import { mountHooks } from './hooks/routes.ts';
import { onError } from './http/on-error.ts';
import { mountOpenApi } from './http/openapi.ts';
import { mountPages } from './http/pages.ts';
import { ProblemError, problemResponse } from './http/problem-error.ts';
import { introduceOurselves } from './http/protocol.ts';
import { reapLeases } from './leases/reap-leases.ts';
import { mountLeases } from './leases/routes.ts';
import { mountLogs } from './logs/routes.ts';
import { mountMetrics } from './metrics/routes.ts';
import { mountQuestions } from './questions/routes.ts';
import { mountReviews } from './reviews/routes.ts';
import { mountRunners } from './runners/routes.ts';
import { mountRuns } from './runs/routes.ts';
import { mountSchedules } from './schedules/routes.ts';
import { createGate } from './tokens/gate.ts';
import { mountTokens } from './tokens/routes.ts';
import { mountVersions } from './versions/routes.ts';

/** Puts the rooms together. The same app runs on Node and on Workers. */
export function createApp(deps: Deps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const appContext: AppContext = { app, deps, gate: createGate(deps) };

  app.use(async (context, next) => {
    context.set('requestId', crypto.randomUUID());
    await next();
    const { headers } = context.res;
    headers.set('x-request-id', context.get('requestId'));
    introduceOurselves(headers);
    addSecurityHeaders(headers, headers.get('content-type')?.startsWith('text/html') === true);
  });
  app.onError((error, context) => onError(deps, error, context));
  mountRooms(appContext);
  app.notFound((context) =>
    problemResponse(
      new ProblemError('not_found', `There is no ${context.req.method} ${shorten(context.req.path)}.`),
      context.get('requestId'),
    ),
  );
  return app;
}

/** A path may be as long as a header. */
function shorten(path: string): string {
  return visible(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}

function mountRooms(appContext: AppContext): void {
  mountHealth(appContext);
  mountMetrics(appContext);
  mountOpenApi(appContext);
  mountTokens(appContext);
  mountConfig(appContext);
  mountRuns(appContext, () => reapLeases(appContext.deps));
  mountSchedules(appContext);
  mountLeases(appContext);
  mountRunners(appContext);
  mountExclusions(appContext);
  mountReviews(appContext);
  mountQuestions(appContext);
  mountHooks(appContext);
  mountLogs(appContext);
  mountVersions(appContext);
  mountPages(appContext);
}

/** What every answer says, and a browser obeys: nothing from elsewhere, nothing inline, no frames. */
const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** The dashboard loads its own files and talks to its own origin. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Adds the headers in place; pages get the policy that lets the dashboard work. */
function addSecurityHeaders(headers: Headers, isPage: boolean): void {
  for (const [name, value] of Object.entries(always)) headers.set(name, value);
  if (isPage) headers.set('content-security-policy', PAGE_POLICY);
}
