import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startWebServer } from '../start-web-server.ts';
import { CLEARANCE } from './faults.ts';

export const SOLVER_USER_AGENT = 'SolverBrowser/1';

export interface SolverCommand {
  cmd: string;
  session?: string;
  url?: string;
  disableMedia?: boolean;
}

/** What is wrong with a FlareSolverr, for a test. */
export interface SolverFaults {
  /** It fails with this message. */
  refuse?: () => string | null;
  /** It answers this in place of its own; null leaves the command to it, `hang up` ends the connection. */
  answer?: (command: SolverCommand) => { status: number; body: string } | 'hang up' | null;
  /** Changes what it found out about a page. */
  solution?: (solution: object) => unknown;
}

/** Selenium's words, as FlareSolverr passes them on: line breaks are two characters. */
export function seleniumError(message: string): string {
  return `Error solving the challenge. Message: ${message}\\n  (Session info: chrome=142.0.7444.59)\\nStacktrace:\\n#0 0x55d0e8b7a3fa <unknown>\\n#1 0x55d0e85e7b0d <unknown>\\n`;
}

/** The page that Chrome shows for one that it could not load. */
export function chromeErrorPage(code: string): string {
  return `<html dir="ltr" lang="en"><head><meta name="color-scheme" content="light dark"><title>127.0.0.1</title><script>const offline = "ERR_INTERNET_DISCONNECTED";</script></head><body id="t" class="neterror" style="font-family: system-ui, sans-serif; font-size: 75%" jstcache="0"><div id="main-frame-error" class="interstitial-wrapper"><h1>This site can’t be reached</h1><div class="error-code" jscontent="errorCode">${code}</div></div></body></html>`;
}

/**
 * A FlareSolverr, as far as the runner needs one: it opens pages itself, passes every challenge, and tells of each page
 * that it answered 200 without headers, also of the error page that its browser shows for a site that cannot be reached.
 */
export async function startFlareSolverr({ refuse, answer, solution }: SolverFaults = {}) {
  const commands: SolverCommand[] = [];
  const open = new Set<string>();
  const dead = new Set<string>();
  let busy = 0;
  let mostAtOnce = 0;

  async function run(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/health') return send(response, 200, { status: 'ok' });
    const command: SolverCommand = JSON.parse(await text(request));
    const { cmd, session = '', url = '' } = command;
    commands.push(command);
    const given = answer?.(command) ?? null;
    if (given === 'hang up') return void request.socket.destroy();
    if (given !== null) return void response.writeHead(given.status).end(given.body);
    const message = refuse?.() ?? (dead.has(session) && cmd === 'request.get' ? deadSession : null);
    if (message !== null) return send(response, 500, { status: 'error', message: `Error: ${message}` });
    if (cmd === 'sessions.destroy') {
      open.delete(session);
      dead.delete(session);
      return send(response, 200, { status: 'ok', message: 'The session has been removed.' });
    }
    open.add(session);
    mostAtOnce = Math.max(mostAtOnce, ++busy);
    const solved = await solve(url);
    busy -= 1;
    const shown = solution?.(solved) ?? solved;
    send(response, 200, { status: 'ok', message: 'Challenge solved!', version: '3.5.0', solution: shown });
  }

  const server = await startWebServer((request, response) => void run(request, response));
  return {
    ...server,
    commands,
    sessions: open,
    mostAtOnce: () => mostAtOnce,
    /** The browsers of all sessions end; each session fails from then on, until it is destroyed. */
    killBrowsers() {
      for (const session of open) dead.add(session);
    },
  };
}

const deadSession = seleniumError('invalid session id');

/** As a browser shows it: JSON in a `<pre>`, and the status unknown. */
async function solve(url: string) {
  const page = await fetch(url, { headers: { cookie: CLEARANCE, 'user-agent': SOLVER_USER_AGENT } }).catch(
    () => null,
  );
  const content = (await page?.text()) ?? '';
  const isJson = page?.headers.get('content-type')?.includes('json');
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const [name = '', value = ''] = CLEARANCE.split('=');
  const shown = isJson ? `<html><head></head><body><pre>${escaped}</pre></body></html>` : content;
  const isEmptyError = page !== null && content === '' && page.status >= 400;
  const errorPage = page
    ? chromeErrorPage(`HTTP ERROR ${page.status}`)
    : chromeErrorPage('ERR_EMPTY_RESPONSE');
  return {
    url: page?.url ?? url,
    status: 200,
    headers: {},
    response: page && !isEmptyError ? shown : errorPage,
    cookies: [{ name, value, domain: '127.0.0.1', path: '/', secure: false, httpOnly: true }],
    userAgent: SOLVER_USER_AGENT,
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
