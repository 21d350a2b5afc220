import { setTimeout as realSleep } from 'node:timers/promises';
import { hangLimits } from '@trainer/testing/hang-limits';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  cloudflareLine,
  cloudflarePage,
  type FakeAnswer,
  hangUp,
  htmlPage,
  json,
  noContent,
  problem,
  silence,
} from '../../testing/fake-control-plane/answers.ts';
import { startFakeControlPlane } from '../../testing/fake-control-plane/start-fake-control-plane.ts';
import { createLogger } from '../logs/logger.ts';
import { createApi } from './api.ts';
import { createSession } from './session.ts';

const ask = 'GET /api/versions';
const beat = 'POST /api/leases/{task}/heartbeat';
/** For an answer that never comes, ms. */
const shortMs = 80;

async function startSession({
  doFetch,
  isSilent = () => false,
}: {
  doFetch?: typeof fetch;
  /** Whether the next request will not be answered. */
  isSilent?: () => boolean;
} = {}) {
  const server = await startFakeControlPlane();
  const said: string[] = [];
  const pauses: number[] = [];
  const log = createLogger({ sinks: [({ message }) => said.push(message)], redact: (text) => text });
  const api = createApi({
    baseUrl: server.url,
    token: server.token,
    timeoutMsOf: () => (isSilent() ? shortMs : hangLimits.waitMs),
    fetch: doFetch,
  });
  const sleep = async (ms: number, signal?: AbortSignal) => {
    pauses.push(ms);
    await realSleep(1, undefined, { signal });
  };
  const session = createSession({ api, log, sleep, random: () => 0 });
  return { server, session, said, pauses, [Symbol.asyncDispose]: server.close };
}

const page = (status: number, headers = {}): FakeAnswer => ({
  ...htmlPage(status),
  headers: { 'content-type': 'text/html', ...headers },
});
/** A proxy would print the whole of it into its page; nobody's log needs that. */
const longPage: FakeAnswer = { ...page(500), body: `<h1>Sorry</h1>${'x'.repeat(3_000_000)}` };
const lostLease = problem('lease_lost', 'Somebody else has the task.');
const soon = 250;
const slowly = 30_000;

describe('instead of an answer', () => {
  it.each<[string, FakeAnswer | typeof hangUp, number, RegExp]>([
    ['a dropped connection', hangUp, soon, /no answer from http:.*: other side closed/],
    ['half an answer', { ...json([]), body: '[{"version"', breaksAfter: 5 }, soon, /the answer broke off/],
    ['half an answer that seems whole', { ...json([]), body: '[{"version"' }, soon, /the answer broke off/],
    ['half a refusal', { ...lostLease, breaksAfter: 20 }, soon, /the answer broke off/],
    ['a failure of ours', problem('internal', 'It failed.'), soon, /trying again: It failed\./],
    ['a gateway’s page', page(502), soon, /502 Bad Gateway from something that is not/],
    ['a long page', longPage, soon, /500 Internal Server Error from something that is not/],
    ['half a page', { ...longPage, breaksAfter: 9 }, soon, /500 Internal Server Error from/],
    ['a page of an unreachable origin', cloudflarePage(522, 522), soon, /: 522 .*from something that is not/],
    ['a Worker that threw', cloudflarePage(500, 1101), soon, /Cloudflare says 1101, the Worker failed/],
    ['a Worker out of time', cloudflareLine(503, 1102), soon, /Cloudflare says 1102, .* computing time/],
    ['a used up day', cloudflarePage(429, 1027), slowly, /1027, its plan has no requests left today/],
    ['the same with a time', cloudflareLine(429, 1027, { 'retry-after': '95' }), 95_000, /1027/],
    ['the same as JSON', { ...cloudflareLine(429, 1027), body: '{"error_code":1027}' }, slowly, /1027/],
    ['a wish to be asked at once', page(503, { 'retry-after': '0' }), soon, /503/],
    ['a wish to be asked tomorrow', page(503, { 'retry-after': '86400' }), 300_000, /503/],
    ['a challenge', page(403), slowly, /403 Forbidden .*Let the runner past the challenge/],
    ['a login of a proxy', page(401), slowly, /401 Unauthorized .*past the login/],
    ['too small a proxy', page(413), slowly, /413 .*pass bodies of 9 MiB/],
    ['another program', page(404), slowly, /404 Not Found .*Check CONTROL_PLANE_URL/],
    ['a hotel’s page', page(200), soon, /answered 200 with text\/html instead of JSON/],
    ['an empty answer', noContent, soon, /answered 204 with nothing instead of JSON/],
    [
      'a move to https',
      page(301, { location: 'https://trainer.test/api/versions?key=1' }),
      slowly,
      /301 Moved .*sends to https:\/\/trainer\.test\/api\/versions\. Set CONTROL_PLANE_URL to where/,
    ],
    [
      'a login elsewhere',
      page(302, { location: '/login' }),
      slowly,
      /302 Found .*sends to http:\S+\/login\./,
    ],
  ])('%s is got over, with a plain sentence', async (_, failure, firstPauseMs, sentence) => {
    await using run = await startSession();
    let asked = 0;
    run.server.override(ask, () => (asked++ < 3 ? failure : json([])));
    expect(await run.session(ask)).toEqual([]);
    expect(run.server.requestsTo(ask)).toHaveLength(4);
    expect(run.pauses[0]).toBe(firstPauseMs);
    expect(run.said[0]).toMatch(sentence);
    // Once, and then that it is over.
    expect(run.said).toHaveLength(2);
    expect(run.said[0]).not.toContain('key=1');
    expect(run.said[0]?.length).toBeLessThan(300);
  });

  it('a connection that nobody knows any more is given up and got over', async () => {
    let silent = 3;
    await using run = await startSession({ isSilent: () => silent > 0 });
    run.server.override(ask, () => (silent-- > 0 ? silence : json([])));
    expect(await run.session(ask)).toEqual([]);
    expect(run.pauses[0]).toBe(soon);
    expect(run.said[0]).toMatch(/no answer from http:\S+ within 80 ms/);
    expect(run.said).toHaveLength(2);
  });

  it('a date to come back at is kept to', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:00Z') });
    onTestFinished(() => void vi.useRealTimers());
    await using run = await startSession();
    const answers = [page(503, { 'retry-after': 'Thu, 01 Jan 2026 00:02:00 GMT' })];
    run.server.override(ask, () => answers.shift() ?? json([]));
    expect(await run.session(ask)).toEqual([]);
    expect(run.pauses).toEqual([120_000]);
  });

  it('is one trouble, however it is worded each time', async () => {
    let asked = 0;
    await using run = await startSession({ isSilent: () => asked < 6 && asked % 2 === 0 });
    run.server.override(ask, () => {
      asked += 1;
      if (asked < 7) return asked % 2 === 0 ? hangUp : silence;
      return asked < 10 ? problem('internal', `It failed as request ${asked}.`) : json([]);
    });
    await run.session(ask);
    expect(run.said).toEqual([
      expect.stringContaining('no answer'),
      expect.stringContaining('It failed as request 7.'),
      'The control plane answers again',
    ]);
  });

  it('a 200 without a word is no heartbeat either', async () => {
    await using run = await startSession();
    const answers = [noContent, page(200)];
    run.server.override(
      beat,
      () => answers.shift() ?? json({ want: 'stop', expires_at: '2026-01-01T00:00:00Z' }),
    );
    const request = { params: { task: '1.stashdb' }, body: { fence: 1 } };
    expect((await run.session(beat, request)).want).toBe('stop');
  });

  it.each([
    [new Error('getaddrinfo ENOTFOUND trainer.test'), /: getaddrinfo ENOTFOUND trainer\.test$/],
    [new AggregateError([new Error('connect ECONNREFUSED ::1:80')]), /: connect ECONNREFUSED ::1:80$/],
    [new Error('certificate has expired'), /: certificate has expired$/],
  ])('“%s” is told to whoever reads the log', async (cause, sentence) => {
    let asked = 0;
    await using run = await startSession({
      doFetch: async (input, init) => {
        if (asked++ > 0) return fetch(input, init);
        throw new TypeError('fetch failed', { cause });
      },
    });
    run.server.override(ask, () => json([]));
    await run.session(ask);
    expect(run.said[0]).toMatch(sentence);
  });

  it('a connection that breaks at every attempt of one call is no storm while others are answered', async () => {
    const server = await startFakeControlPlane();
    await using _ = server;
    server.override(ask, () => hangUp);
    server.override('GET /api/runs', () => json([]));
    const session = createSession({
      api: createApi({ baseUrl: server.url, token: server.token }),
      log: createLogger({ sinks: [], redact: (text) => text }),
      // Pauses that only an answer to somebody else can end.
      sleep: (_, signal) => realSleep(hangLimits.testMs, undefined, { signal }),
    });
    const over = new AbortController();
    const broken = session(ask, { signal: over.signal });
    for (let i = 0; i < 30; i += 1) {
      await session('GET /api/runs', { query: {} });
      await realSleep(2);
    }
    expect(server.requestsTo(ask)).toHaveLength(2);
    over.abort(new Error('enough'));
    await expect(broken).rejects.toThrow('enough');
  });
});
