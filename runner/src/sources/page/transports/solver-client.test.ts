import { describe, expect, it } from 'vitest';
import { seleniumError, startFlareSolverr } from '../../../../testing/sites/start-flaresolverr.ts';
import { NotRetryable, Retryable, SourceBlocked } from '../../../http/request-errors.ts';
import { BrowserCrashed, BrowserUnavailable } from './browser-retry.ts';
import { createSolverClient } from './solver-client.ts';

const signal = new AbortController().signal;
const page = { url: 'https://site.example/x', response: '<html></html>' };

function open(origin: string) {
  return createSolverClient(origin).open('http://127.0.0.1:1/', 's', signal);
}

async function failureOf(origin: string): Promise<unknown> {
  return await open(origin).catch((error: unknown) => error);
}

function answering(status: number, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return startFlareSolverr({ answer: () => ({ status, body: text }) });
}

describe('what FlareSolverr says about a page that failed', () => {
  it.for([
    ['Error solving the challenge. Timeout after 60.0 seconds.', Retryable],
    ['Cloudflare has blocked this request. Probably your IP is banned for this site.', SourceBlocked],
    ['The browser crashed', NotRetryable],
    [seleniumError('timeout: Timed out receiving message from renderer: 60.000'), Retryable],
    [seleniumError('tab crashed'), BrowserCrashed],
    [
      seleniumError('invalid session id: session deleted as the browser has closed the connection'),
      BrowserCrashed,
    ],
    [seleniumError('session not created: DevToolsActivePort file doesn’t exist'), BrowserCrashed],
    [seleniumError('chrome not reachable'), BrowserCrashed],
    [seleniumError('disconnected: not connected to DevTools'), BrowserCrashed],
    [seleniumError('no such window: target window already closed'), BrowserCrashed],
    [seleniumError('unknown error: net::ERR_CONNECTION_RESET'), Retryable],
    [seleniumError('unknown error: net::ERR_CONNECTION_REFUSED'), Retryable],
    [seleniumError('unknown error: net::ERR_TIMED_OUT'), Retryable],
    [seleniumError('unknown error: net::ERR_NAME_NOT_RESOLVED'), Retryable],
    [seleniumError('unknown error: net::ERR_TOO_MANY_REDIRECTS'), NotRetryable],
    [seleniumError('unknown error: net::ERR_BLOCKED_BY_CLIENT'), NotRetryable],
    [seleniumError('unknown error: net::ERR_CERT_DATE_INVALID'), NotRetryable],
  ] as const)('is the right kind of error: %s', async ([message, kind]) => {
    await using solver = await startFlareSolverr({ refuse: () => message });
    const error = await failureOf(solver.origin);
    expect(error).toBeInstanceOf(kind);
    expect(String(error)).toContain(message.split('\\n')[0]);
    expect(String(error)).not.toMatch(/Stacktrace|<unknown>|\\n/);
  });

  it.for([null, {}, { url: null, cookies: null }])(
    'keeps its sentence beside the solution %j',
    async (solution) => {
      const message = 'Error: Error solving the challenge. Timeout after 60.0 seconds.';
      await using solver = await answering(500, { status: 'error', message, solution });
      const error = await failureOf(solver.origin);
      expect(error).toBeInstanceOf(Retryable);
      expect(String(error)).toContain(message);
    },
  );

  it('says so when there is no sentence, or no solution', async () => {
    await using silent = await answering(500, { status: 'error', message: null, solution: null });
    expect(await failureOf(silent.origin)).toEqual(
      new NotRetryable('FlareSolverr: it failed without a reason'),
    );
    await using empty = await answering(200, { status: 'ok', message: '', solution: {} });
    expect(await failureOf(empty.origin)).toEqual(
      new NotRetryable('FlareSolverr: no solution in its answer'),
    );
  });
});

describe('an answer that is not FlareSolverr’s', () => {
  it.for([
    [502, '<html>502 Bad Gateway</html>'],
    [503, ''],
    [200, ''],
  ] as const)('says that it is away: %s %j', async ([status, body]) => {
    await using server = await answering(status, body);
    expect(await failureOf(server.origin)).toBeInstanceOf(BrowserUnavailable);
  });

  it('says that it is away: no connection, or one that ends without an answer', async () => {
    expect(await failureOf('http://127.0.0.1:1')).toBeInstanceOf(BrowserUnavailable);
    await using server = await startFlareSolverr({ answer: () => 'hang up' });
    expect(await failureOf(server.origin)).toBeInstanceOf(BrowserUnavailable);
  });

  it.for([
    [404, '<html>Not found</html>'],
    [200, '<html>Welcome to nginx!</html>'],
    [200, '{"title":"some other API"}'],
  ] as const)('stops the source when something else lives there: %s %j', async ([status, body]) => {
    await using server = await answering(status, body);
    const error = await failureOf(server.origin);
    expect(error).toBeInstanceOf(SourceBlocked);
    expect(String(error)).toContain('FLARESOLVERR_URL does not answer as FlareSolverr does');
  });
});

it('bears null where FlareSolverr knows nothing', async () => {
  const cookies = [{ name: 'a', value: 'b', domain: null }];
  for (const [given, read] of [
    [null, []],
    [cookies, [{ name: 'a', value: 'b', domain: '' }]],
  ]) {
    await using solver = await answering(200, {
      status: 'ok',
      message: null,
      solution: { ...page, userAgent: null, headers: null, cookies: given },
    });
    expect(await open(solver.origin)).toEqual({ ...page, userAgent: '', cookies: read });
  }
});

it('asks for pages without their media', async () => {
  await using solver = await startFlareSolverr();
  await open(solver.origin);
  expect(solver.commands).toMatchObject([{ cmd: 'request.get', session: 's', disableMedia: true }]);
});
