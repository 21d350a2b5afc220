import { Hono } from 'hono';
import type { Deps } from './deps.ts';
import type { AppEnv, Site } from './http/app-env.ts';
import { onError } from './http/on-error.ts';
import { ProblemError, problemResponse } from './http/problem-error.ts';
import { mountLogs } from './logs/routes.ts';
import { createGate } from './tokens/gate.ts';

/** Puts the rooms together. The same app runs on Node and on Workers. */
export function createApp(deps: Deps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const site: Site = { app, deps, gate: createGate(deps) };

  app.use(async (context, next) => {
    context.set('requestId', crypto.randomUUID());
    await next();
    context.header('x-request-id', context.get('requestId'));
  });
  app.onError((error, context) => onError(deps, error, context));
  mountRooms(site);
  app.notFound((context) =>
    problemResponse(
      new ProblemError('not_found', `There is no ${context.req.method} ${context.req.path}.`),
      context.get('requestId'),
    ),
  );
  return app;
}

function mountRooms(site: Site): void {
  mountLogs(site);
}
