import { describe, expect, it } from 'vitest';
import { ApiProblem, ApiUnreachable, createClient } from './client.ts';
import { problemDocument } from './problems.ts';

function clientAnswering(answer: (request: Request) => Response) {
  const seen: Request[] = [];
  const call = createClient({
    baseUrl: 'http://control.test',
    token: 'secret',
    fetch: async (input, init) => {
      const request = new Request(input, init);
      seen.push(request);
      return answer(request);
    },
  });
  return { call, seen };
}

describe('the typed client', () => {
  it('takes method and path from the key and fills in parameters, query, token and body', async () => {
    const { call, seen } = clientAnswering(() =>
      Response.json({ want: 'stop', expires_at: '2026-01-01T00:00:00Z' }),
    );
    const answer = await call('POST /api/leases/{task}/heartbeat', {
      params: { task: '1.stashdb' },
      body: { fence: 3 },
    });
    expect(answer.want).toBe('stop');
    expect(seen[0]?.url).toBe('http://control.test/api/leases/1.stashdb/heartbeat');
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer secret');
    expect(await seen[0]?.json()).toEqual({ fence: 3 });
  });

  it('throws the problem that the control plane stated', async () => {
    const { call } = clientAnswering(() =>
      Response.json(problemDocument('run_active', 'Run 3 is active: stop it, or send "queue": true.'), {
        status: 409,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '2' },
      }),
    );
    const failure = await call('POST /api/build/start', { body: {} }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiProblem);
    expect(failure).toMatchObject({ code: 'run_active', status: 409, retryAfterMs: 2_000 });
  });

  it('says that a proxy answered when the answer is not a problem document', async () => {
    const { call } = clientAnswering(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    const failure = await call('GET /api/status').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiUnreachable);
    expect(failure).toMatchObject({ status: 502 });
  });

  it('hands a file over as it is, also one that holds JSON', async () => {
    const { call } = clientAnswering(() =>
      Response.json(
        { version: '2026.01.01' },
        { headers: { 'content-disposition': 'attachment; filename="manifest.json"' } },
      ),
    );
    const answer = await call('GET /api/versions/{version}/artifacts/{name}', {
      params: { version: '2026.01.01', name: 'manifest.json' },
    });
    expect(await answer.text()).toBe('{"version":"2026.01.01"}');
  });

  it('does not put the token into the message when nobody answers', async () => {
    const call = createClient({
      baseUrl: 'http://control.test',
      token: 'secret',
      fetch: () => Promise.reject(new Error('refused')),
    });
    await expect(call('GET /api/status')).rejects.toThrow(
      'GET /api/status: no answer from http://control.test',
    );
  });
});
