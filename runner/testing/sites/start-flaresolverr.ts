import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startWebServer } from '../start-web-server.ts';
import { CLEARANCE } from './faults.ts';

export const SOLVER_USER_AGENT = 'SolverBrowser/1';

/**
 * A FlareSolverr, as far as the runner needs one: it opens pages itself, passes every challenge, and tells of each page
 * that it answered 200 without headers. `refuse` makes it fail with that message.
 */
export async function startFlareSolverr({ refuse }: { refuse?: () => string | null } = {}) {
  const commands: { cmd: string; session?: string; url?: string }[] = [];
  const open = new Set<string>();
  let busy = 0;
  let mostAtOnce = 0;

  async function run(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/health') return send(response, 200, { status: 'ok' });
    const command = JSON.parse(await text(request));
    commands.push(command);
    const message = refuse?.() ?? null;
    if (message !== null) return send(response, 500, { status: 'error', message: `Error: ${message}` });
    if (command.cmd === 'sessions.destroy') {
      open.delete(command.session);
      return send(response, 200, { status: 'ok', message: 'The session has been removed.' });
    }
    open.add(command.session);
    mostAtOnce = Math.max(mostAtOnce, ++busy);
    const solution = await solve(command.url).catch(() => null);
    busy -= 1;
    if (!solution)
      return send(response, 500, { status: 'error', message: 'Error: the page cannot be opened' });
    send(response, 200, { status: 'ok', message: 'Challenge solved!', version: '3.5.0', solution });
  }

  const server = await startWebServer((request, response) => void run(request, response));
  return { ...server, commands, sessions: open, mostAtOnce: () => mostAtOnce };
}

/** As a browser shows it: JSON in a `<pre>`, and the status unknown. */
async function solve(url: string) {
  const page = await fetch(url, { headers: { cookie: CLEARANCE, 'user-agent': SOLVER_USER_AGENT } });
  const content = await page.text();
  const isJson = page.headers.get('content-type')?.includes('json');
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const [name = '', value = ''] = CLEARANCE.split('=');
  return {
    url: page.url,
    status: 200,
    headers: {},
    response: isJson ? `<html><head></head><body><pre>${escaped}</pre></body></html>` : content,
    cookies: [{ name, value, domain: '127.0.0.1', path: '/', secure: false, httpOnly: true }],
    userAgent: SOLVER_USER_AGENT,
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
