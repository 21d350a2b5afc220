import { compress } from 'hono/compress';
import type { AppContext } from '../context/app-context.ts';
import { ProblemError } from './problem-error.ts';

/** Built files carry a hash in their names, so they never change. */
const FOREVER = 'public, max-age=31536000, immutable';

/** The addresses of the dashboard's pages; a test holds them to the dashboard's own routes. */
export const pagePaths = [
  '/',
  '/login',
  '/build',
  '/runs',
  '/runs/:id',
  '/schedules',
  '/versions',
  '/reviews',
  '/explain',
  '/exclusions',
  '/config',
  '/hooks',
  '/tokens',
] as const;

const isPage = new RegExp(`^(${pagePaths.map((path) => path.replace(':id', '\\d{1,15}')).join('|')})/?$`);

/**
 * Serves the dashboard: its files, and at the address of every page its first page, which knows the routes. At other addresses
 * nothing: a program that asks in the wrong place must not take the dashboard for an answer.
 */
export function mountPages({ app, deps }: AppContext): void {
  if (!deps.assets.areCompressed) app.get('*', compress());
  app.get('*', async (context, next) => {
    const { path } = context.req;
    if (!isPage.test(path)) {
      const file = isOfApi(path) ? null : await deps.assets.read(path);
      return file ? withCaching(file, path.startsWith('/assets/') ? FOREVER : 'no-cache') : next();
    }
    const page = await deps.assets.read('/index.html');
    if (page) return withCaching(page, 'no-cache');
    throw new ProblemError(
      'not_found',
      'The dashboard is not built here. Run "npm run build -w dashboard", or use the API under /api.',
    );
  });
}

function isOfApi(path: string): boolean {
  return path === '/api' || path.startsWith('/api/');
}

function withCaching(file: Response, cacheControl: string): Response {
  const response = new Response(file.body, file);
  response.headers.set('cache-control', cacheControl);
  return response;
}
