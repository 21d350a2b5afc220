import { describe, expect, it } from 'vitest';
import { openTestSite } from '../../../../testing/sites/open-test-site.ts';
import {
  chromeErrorPage,
  SOLVER_USER_AGENT,
  type SolverCommand,
  seleniumError,
} from '../../../../testing/sites/start-flaresolverr.ts';
import { SourceBlocked } from '../../../http/request-errors.ts';
import { createYieldTracker } from '../drift/yield-tracker.ts';

describe('a site through FlareSolverr', () => {
  it('uses one session, one page at a time, and ends it', async () => {
    await using met = await openTestSite('babepedia', { faults: { challenge: true } });
    await Promise.all([met.byUrl(), met.byName(), met.byUrl()]);
    expect(met.solver?.sessions.size).toBe(1);
    expect(met.solver?.mostAtOnce()).toBe(1);
    await met.site.close();
    expect(met.solver?.sessions.size).toBe(0);
  });

  it('asks for pictures directly, with the session’s cookies, its browser’s name and the site’s Referer', async () => {
    await using met = await openTestSite('babepedia', { faults: { hotlinkGuard: true } });
    const [image] = (await met.byUrl()).images;
    if (!image) throw new Error('no image');
    expect(await met.fetch(image)).toMatchObject({ kind: 'fetched' });
    const asked = met.asked.find(({ url }) => url === image.url);
    expect(asked?.headers).toMatchObject({
      'user-agent': SOLVER_USER_AGENT,
      cookie: 'clearance=passed',
      referer: 'https://www.babepedia.com/',
    });
  });

  it('opens the front page first when a picture is the first thing that is wanted', async () => {
    await using first = await openTestSite('babepedia');
    const [image] = (await first.byUrl()).images;
    await using met = await openTestSite('babepedia');
    if (!image) throw new Error('no image');
    expect(await met.fetch(image)).toMatchObject({ kind: 'fetched' });
    expect(met.solver?.commands.map(({ cmd }) => cmd)).toEqual(['request.get']);
  });
});

describe('a site with FlareSolverr as its fallback', () => {
  it('is asked directly until it refuses, and through FlareSolverr for the rest of the run', async () => {
    await using met = await openTestSite('freeones', { withSolver: true, faults: { challenge: true } });
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    expect(met.warnings).toEqual([
      'freeones refused a direct request, so flaresolverr is used for the rest of the run',
    ]);
    const traffic = met.site.traffic();
    const perHost = [...(traffic.hosts?.values() ?? [])].reduce((sum, { requests }) => sum + requests, 0);
    expect(traffic.requests).toBe(perHost);
    expect(traffic.requests).toBe(met.asked.length);
    const direct = met.pagesAsked().length - (met.solver?.commands.length ?? 0);
    expect(direct).toBe(1);
  });
});

/** Answers the next pages in this way, one after the other, and all others as usual. */
function inTurn(...answers: ({ status: number; body: string } | 'hang up' | string)[]) {
  return ({ cmd }: SolverCommand) => {
    const next = cmd === 'request.get' ? (answers.shift() ?? null) : null;
    if (next === null || next === 'hang up' || typeof next !== 'string') return next;
    return {
      status: 500,
      body: JSON.stringify({ status: 'error', message: `Error: ${seleniumError(next)}` }),
    };
  };
}

/** Without the spacing of requests. */
function longSleeps({ clock }: Awaited<ReturnType<typeof openTestSite>>): number[] {
  return clock.sleeps.filter((ms) => ms >= 1_000);
}

describe('a FlareSolverr whose browser dies', () => {
  it('gets a new session, and the page is asked for again', async () => {
    await using met = await openTestSite('babepedia');
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    const [first] = met.solver?.sessions ?? [];
    met.solver?.killBrowsers();
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    const commands = met.solver?.commands.map(({ cmd, session }) => [cmd, session === first]);
    expect(commands?.slice(-4)).toEqual([
      ['request.get', true],
      ['sessions.destroy', true],
      ['request.get', false],
      ['request.get', false],
    ]);
    expect(met.solver?.sessions.size).toBe(1);
  });

  it.for(['tab crashed', 'session not created: cannot connect', 'chrome not reachable'])(
    'is of use again after: %s',
    async (sentence) => {
      await using met = await openTestSite('babepedia', { solver: { answer: inTurn(sentence, sentence) } });
      expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    },
  );

  it('fails one page that kills every browser, and goes on with the next', async () => {
    const answer = inTurn('tab crashed', 'tab crashed', 'tab crashed');
    await using met = await openTestSite('babepedia', { solver: { answer } });
    expect(await met.byUrl()).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('tab crashed'),
    });
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
  });

  it('ends the source with a plain reason when that goes on', async () => {
    const answer = inTurn(...Array.from({ length: 20 }, () => 'session not created: no room'));
    await using met = await openTestSite('babepedia', { solver: { answer } });
    expect(await met.byUrl()).toMatchObject({ outcome: 'failed' });
    const error = await met.byUrl().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceBlocked);
    expect(String(error)).toMatch(
      /^SourceBlocked: The browser of FlareSolverr ended 5 times in a row \(FlareSolverr: .*session not created: no room.*\): restart FlareSolverr/,
    );
    expect(String(error)).not.toContain('Stacktrace');
  });
});

describe('a FlareSolverr that restarts', () => {
  const gateway = { status: 502, body: '<html>502 Bad Gateway</html>' };
  const empty = { status: 200, body: '' };

  it('is waited for with growing pauses', async () => {
    const answer = inTurn('hang up', gateway, gateway, empty, empty);
    await using met = await openTestSite('babepedia', { solver: { answer } });
    expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
    expect(longSleeps(met)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(met.waits.at(-1)).toMatch(/^FLARESOLVERR_URL gave an empty answer .*; going on in 16 s$/);
    // The site was asked once, whatever became of FlareSolverr.
    expect(met.site.traffic().requests).toBe(met.asked.length);
  });

  it('stops the source when it does not come back', async () => {
    await using met = await openTestSite('babepedia');
    await met.solver?.[Symbol.asyncDispose]();
    const error = await met.byUrl().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceBlocked);
    expect(String(error)).toMatch(
      /FLARESOLVERR_URL does not answer: .*; FlareSolverr did not come back within 5 minutes$/,
    );
    expect(longSleeps(met).length).toBeGreaterThan(5);
  });
});

describe('the error page of FlareSolverr’s browser', () => {
  it.for(['ERR_CONNECTION_REFUSED', 'ERR_EMPTY_RESPONSE', 'HTTP ERROR 500', ''])(
    'says that the site cannot be reached, and raises no alarm: %j',
    async (code) => {
      const response = chromeErrorPage(code);
      const solution = (solved: object) => ({ ...solved, response });
      await using met = await openTestSite('babepedia', { solver: { solution } });
      const tracker = createYieldTracker();
      for (let i = 0; i < 10; i++) {
        const result = await met.byUrl();
        expect(result).toMatchObject({
          outcome: 'failed',
          reason: expect.stringContaining('cannot be reached'),
        });
        tracker.note(result);
      }
      expect(tracker.current()).toMatchObject({ lookUps: 0, pages: 0, notFound: 0 });
      expect(longSleeps(met).slice(0, 3)).toEqual([30_000, 60_000, 90_000]);
      await expect(met.byUrl()).rejects.toThrow(/failed 10 times in a row, so it is left alone/);
    },
  );

  it('is known by its address too', async () => {
    const url = 'chrome-error://chromewebdata/';
    const solution = (solved: object) => ({ ...solved, url, response: '<html></html>' });
    await using met = await openTestSite('babepedia', { solver: { solution } });
    expect(await met.byUrl()).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('cannot be reached'),
    });
  });

  it('tells the status of an answer without a page', async () => {
    const solution = (solved: object) => ({ ...solved, response: chromeErrorPage('HTTP ERROR 404') });
    await using met = await openTestSite('babepedia', { solver: { solution } });
    expect(await met.byUrl()).toMatchObject({ outcome: 'not_found' });
    expect(longSleeps(met)).toEqual([]);
  });

  it('stands for a refusal without a body, as the real one gives it', async () => {
    await using met = await openTestSite('babepedia', { faults: { broken: /./ } });
    expect(await met.byUrl()).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('answered 500'),
    });
  });
});

it('counts the requests that pages make FlareSolverr’s browser send besides', async () => {
  const more =
    '<script src="/a.js"></script><script async src="https://cdn.example/b.js"></script><script>1</script><iframe src="//cdn.example/c">';
  const solution = (solved: object) => ({
    ...solved,
    response: `${'response' in solved ? solved.response : ''}${more}`,
  });
  await using met = await openTestSite('babepedia', { solver: { solution } });
  expect(await met.byUrl()).toMatchObject({ outcome: 'found' });
  const { hosts, requests } = met.site.traffic();
  expect(hosts?.get('cdn.example')).toMatchObject({ requests: 0, browserRequests: 2 });
  expect([...(hosts?.values() ?? [])].reduce((sum, { browserRequests }) => sum + browserRequests, 0)).toBe(3);
  expect(requests).toBe(met.asked.length);
});

it('sends cookies only where they belong, and nothing that cannot stand in a header', async () => {
  const cookies = [
    { name: 'own', value: '1', domain: null },
    { name: 'broken', value: 'a\r\nx: y', domain: null },
    { name: 'elsewhere', value: '1', domain: '.example.org' },
  ];
  const solution = (solved: object) => ({ ...solved, cookies, userAgent: null });
  await using met = await openTestSite('babepedia', { solver: { solution } });
  const [image] = (await met.byUrl()).images;
  if (!image) throw new Error('no image');
  expect(await met.fetch(image)).toMatchObject({ kind: 'fetched' });
  const { headers } = met.asked.find(({ url }) => url === image.url) ?? {};
  expect(headers).toMatchObject({
    cookie: 'own=1',
    'user-agent': 'trainer-test/1 (+mailto:owner@example.org)',
  });
});

it('says that a picture is unreachable when the front page before it is', async () => {
  await using first = await openTestSite('babepedia');
  const [image] = (await first.byUrl()).images;
  if (!image) throw new Error('no image');
  const solution = (solved: object) => ({ ...solved, response: chromeErrorPage('ERR_CONNECTION_RESET') });
  await using met = await openTestSite('babepedia', { solver: { solution } });
  expect(await met.fetch(image)).toMatchObject({ kind: 'failed', reason: 'image_unreachable' });
});
