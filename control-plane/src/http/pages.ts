import { compress } from 'hono/compress';
import type { Site } from './app-env.ts';
import { ProblemError } from './problem-error.ts';

/** Built files carry a hash in their names, so they never change. */
const FOREVER = 'public, max-age=31536000, immutable';

/** Serves the dashboard: its files, and for every other address its first page, which knows the routes. */
export function mountPages({ app, deps }: Site): void {
  if (!deps.assets.areCompressed) app.get('*', compress());
  app.get('*', async (context, next) => {
    const { path } = context.req;
    if (path === '/api' || path.startsWith('/api/')) return next();
    const file = path === '/' ? null : await deps.assets.read(path);
    if (file) return withCaching(file, path.startsWith('/assets/') ? FOREVER : 'no-cache');
    if (/\.[a-z0-9]+$/i.test(path)) return next();
    const page = await deps.assets.read('/index.html');
    if (page) return withCaching(page, 'no-cache');
    throw new ProblemError(
      'not_found',
      'The dashboard is not built here. Run "npm run build -w dashboard", or use the API under /api.',
    );
  });
}

function withCaching(file: Response, cacheControl: string): Response {
  const response = new Response(file.body, file);
  response.headers.set('cache-control', cacheControl);
  return response;
}
