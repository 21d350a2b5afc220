import { setTimeout as realSleep } from 'node:timers/promises';
import { ApiProblem, ApiUnreachable } from '@trainer/contract/client';
import { problemDocument } from '@trainer/contract/problems';
import { hangLimits } from '@trainer/testing/hang-limits';
import { describe, expect, it } from 'vitest';
import { hangUp, htmlPage, json, problem } from '../../testing/fake-control-plane/answers.ts';
import { startFakeControlPlane } from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import { createLogger, type LogEntry } from '../logs/logger.ts';
import { ApiMismatch, createApi } from './api.ts';
import { retryDecision } from './call-failures.ts';
import { createSession, pauseMs } from './session.ts';

const ask = 'GET /api/status';
const status = {
  running: false,
  run_id: null,
  run_status: null,
  current_source: null,
  performers_processed: 0,
  performers_total: null,
  faces_added: 0,
  errors: 0,
  by_source: {},
};

async function startSession(options: { timeoutMs?: number } = {}) {
  const server = await startFakeControlPlane();
  const said: LogEntry[] = [];
  const pauses: number[] = [];
  const log = createLogger({ sinks: [(entry) => said.push(entry)], redact: (text) => text });
  const api = createApi({
    baseUrl: server.url,
    token: server.token,
    timeoutMsOf: () => options.timeoutMs ?? hangLimits.waitMs,
  });
  const sleep = async (ms: number, signal?: AbortSignal) => {
    pauses.push(ms);
    await realSleep(1, undefined, { signal });
  };
  const session = createSession({ api, log, sleep, random: () => 0 });
  server.override(ask, () => json(status));
  return { server, session, api, said, pauses };
}

describe('the session', () => {
  it('keeps asking through dropped connections, error pages and failures until an answer comes', async () => {
    const { server, session, said, pauses } = await startSession();
    await using _ = server;
    const failures = [hangUp, htmlPage(502), problem('internal', 'It failed.'), htmlPage(200)] as const;
    let asked = 0;
    server.override(ask, () => failures[asked++] ?? json(status));
    expect(await session(ask)).toEqual(status);
    expect(pauses).toEqual([250, 500, 1_000, 2_000]);
    expect(said.at(-1)?.message).toBe('The control plane answers again');
  });

  it('outlives a restart of the control plane on the same port', async () => {
    const { server, session } = await startSession();
    await server.close();
    const asking = session(ask);
    await realSleep(20);
    await using again = await startFakeControlPlane({ port: server.port });
    again.override(ask, () => json(status));
    expect(await asking).toEqual(status);
  });

  it('ends the pause of a call that found nobody as soon as another one is answered', async () => {
    const { server, api } = await startSession();
    await server.close();
    const pausing = Promise.withResolvers<void>();
    const session = createSession({
      api,
      log: createLogger({ sinks: [], redact: (text) => text }),
      sleep: async (_, signal) => {
        pausing.resolve();
        await realSleep(hangLimits.testMs, undefined, { signal });
      },
    });
    const first = session(ask);
    await pausing.promise;
    await using again = await startFakeControlPlane({ port: server.port });
    again.override(ask, () => json(status));
    expect(await session(ask)).toEqual(status);
    expect(await first).toEqual(status);
  });

  it('waits as long as Retry-After says', async () => {
    const { server, session, pauses } = await startSession();
    await using _ = server;
    let asked = 0;
    server.override(ask, () =>
      asked++ === 0 ? problem('too_many_requests', 'Slow down.', { 'retry-after': '7' }) : json(status),
    );
    await session(ask);
    expect(pauses).toEqual([7_000]);
  });

  it('says in one sentence that the token is refused, once, and looks again slowly', async () => {
    const { server, session, said, pauses } = await startSession();
    await using _ = server;
    let asked = 0;
    server.override(ask, () =>
      asked++ < 3 ? problem('unauthenticated', 'This token has expired.') : json(status),
    );
    await session(ask);
    expect(pauses).toEqual([30_000, 30_000, 30_000]);
    expect(said.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      "The control plane does not accept this runner's token: This token has expired. Set RUNNER_TOKEN to a valid one.",
    ]);
  });

  it('does not repeat what the control plane has refused', async () => {
    const { server, session, pauses } = await startSession();
    await using _ = server;
    const refused = session('POST /api/leases/{task}/complete', {
      params: { task: '1.stashdb' },
      body: { fence: 1, outcome: 'done', progress: {} },
    });
    await expect(refused).rejects.toMatchObject({ name: 'ApiProblem', code: 'not_found' });
    expect(pauses).toEqual([]);
  });

  it('ends with the reason of its signal, even while it waits for an answer', async () => {
    const { server, session } = await startSession();
    await using _ = server;
    const given = new AbortController();
    server.override(ask, async () => {
      given.abort(new Error('enough'));
      await realSleep(50);
      return json(status);
    });
    await expect(session(ask, { signal: given.signal })).rejects.toThrow('enough');
  });

  it('gives up on a call that nobody answers, and asks again', async () => {
    const { server, session, said } = await startSession({ timeoutMs: 60 });
    await using _ = server;
    let asked = 0;
    server.override(ask, async () => {
      if (asked++ === 0) await realSleep(200);
      return json(status);
    });
    expect(await session(ask)).toEqual(status);
    expect(said[0]?.message).toContain('within 60 ms');
  });

  it('notices an answer that the contract does not know', async () => {
    const { server, api } = await startSession();
    await using _ = server;
    server.override(ask, () => json({ running: 'perhaps' }));
    await expect(api(ask)).rejects.toThrow(ApiMismatch);
    await expect(api(ask)).rejects.toThrow(/Bring runner and control plane to the same version/);
  });
});

describe('a failed call', () => {
  const refused = (code: Parameters<typeof problemDocument>[0]) =>
    new ApiProblem(problemDocument(code, ''), null);

  it.each([
    [new ApiUnreachable('no answer', null), 'soon'],
    [new ApiUnreachable('a proxy', 502), 'soon'],
    [new ApiUnreachable('not the control plane', 404), 'slowly'],
    [refused('internal'), 'soon'],
    [refused('unavailable'), 'soon'],
    [refused('too_many_requests'), 'soon'],
    [refused('unauthenticated'), 'slowly'],
    [refused('forbidden'), 'slowly'],
    [refused('lease_lost'), 'never'],
    [refused('invalid_request'), 'never'],
    [new TypeError('our own mistake'), 'never'],
  ])('%s is tried again %s', (error, expected) => {
    expect(retryDecision(error)).toBe(expected);
  });

  it('is paused for at most ten seconds, and for at least half of what is due', () => {
    const away = new ApiUnreachable('no answer', null);
    expect(pauseMs(away, 'soon', 40, () => 0)).toBe(10_000);
    expect(pauseMs(away, 'soon', 1, () => 1)).toBe(125);
  });
});
