import { describe, expect, it } from 'vitest';
import { fetchWithRetry } from './fetch-with-retry.ts';

const request = () =>
  new Request('http://catalog.example/v2/pipeline', { method: 'POST', body: 'a statement' });
const noConnection = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });

/** A server that answers thus, the last answer again and again, and what was seen of it. */
function meet(answers: (number | Error)[]) {
  let atMs = 0;
  const [pauses, said, bodies]: [number[], string[], string[]] = [[], [], []];
  const fetch = async (asked: Request) => {
    bodies.push(await asked.text());
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return new Response(null, { status: answer ?? 200 });
  };
  const patient = fetchWithRetry(
    {
      now: () => new Date(atMs),
      sleep: async (ms) => {
        pauses.push(ms);
        atMs += ms;
      },
      say: (message) => said.push(message),
    },
    fetch,
  );
  return { patient, pauses, said, bodies };
}

describe('a patient request', () => {
  it('is made once where it is answered, whatever the answer', async () => {
    for (const status of [200, 400, 401, 404]) {
      const { patient, pauses, said } = meet([status]);
      expect((await patient(request())).status).toBe(status);
      expect([pauses, said]).toEqual([[], []]);
    }
  });

  it('is made again while nobody answers, and says so once', async () => {
    const { patient, pauses, said, bodies } = meet([noConnection, 503, noConnection, 200]);
    expect((await patient(request())).status).toBe(200);
    expect(pauses).toEqual([250, 500, 1_000]);
    expect(bodies).toEqual(Array.from({ length: 4 }, () => 'a statement'));
    expect(said).toEqual([
      'The catalog’s server cannot be reached, trying again: connect ECONNREFUSED',
      'The catalog’s server answers again',
    ]);
  });

  it('gives up after five minutes with what was said last', async () => {
    const unreachable = meet([noConnection]);
    await expect(unreachable.patient(request())).rejects.toBe(noConnection);
    expect(unreachable.pauses.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(300_000);
    expect(Math.max(...unreachable.pauses)).toBe(5_000);
    expect((await meet([502]).patient(request())).status).toBe(502);
  });
});
