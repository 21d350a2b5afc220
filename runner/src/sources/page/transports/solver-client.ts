import { request } from 'undici';
import { z } from 'zod';
import { messageOf } from '../../../logs/message-of.ts';
import { NotRetryable, Retryable, SourceBlocked } from '../../errors.ts';

/** What FlareSolverr gives for a page (its API, version 3: status always 200 and headers empty). */
const solution = z.object({
  url: z.url(),
  response: z.string().max(20_000_000).default(''),
  userAgent: z.string().default(''),
  cookies: z
    .array(z.object({ name: z.string(), value: z.string(), domain: z.string().default('') }))
    .default([]),
});
export type Solution = z.infer<typeof solution>;

const reply = z.object({
  status: z.string(),
  message: z.string().default(''),
  solution: solution.optional(),
});

/** For FlareSolverr: the page, its challenge and all. */
const MAX_TIMEOUT_MS = 60_000;
const CLIENT_MARGIN_MS = 10_000;

export interface SolverClient {
  /** Opens the url in the session, which is made when it is not there. */
  open(url: string, session: string, signal: AbortSignal): Promise<Solution>;
  destroy(session: string): Promise<void>;
}

/**
 * Speaks to the owner's FlareSolverr.
 *
 * `open` throws SourceBlocked (it says that the site bans us, or cannot be spoken to), Retryable (no answer in time), or
 * NotRetryable (any other failure: asking again gives the same)
 */
export function createSolverClient(baseUrl: string): SolverClient {
  const endpoint = `${solverBase(baseUrl)}/v1`;

  async function command(body: Record<string, unknown>, signal: AbortSignal) {
    const timeout = AbortSignal.timeout(MAX_TIMEOUT_MS + CLIENT_MARGIN_MS);
    try {
      const answer = await request(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.any([signal, timeout]),
        headersTimeout: MAX_TIMEOUT_MS + CLIENT_MARGIN_MS,
      });
      return reply.parse(await answer.body.json());
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted) throw new Retryable('FlareSolverr gave no answer in time', { cause: error });
      throw new SourceBlocked(`FLARESOLVERR_URL does not answer as FlareSolverr does: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  return {
    async open(url, session, signal) {
      const body = { cmd: 'request.get', url, session, maxTimeout: MAX_TIMEOUT_MS };
      const { status, message, solution: solved } = await command(body, signal);
      if (status === 'ok' && solved) return solved;
      if (/timeout/i.test(message)) throw new Retryable(`FlareSolverr: ${message}`);
      if (/blocked|banned/i.test(message)) throw new SourceBlocked(`FlareSolverr: ${message}`);
      throw new NotRetryable(`FlareSolverr: ${message || 'no solution in its answer'}`);
    },
    async destroy(session) {
      const signal = AbortSignal.timeout(5_000);
      // It may never have been made, or FlareSolverr may be gone; both leave nothing to clean up here.
      await command({ cmd: 'sessions.destroy', session }, signal).catch(() => {});
    },
  };
}

/** Some notes give the address with `/v1` at its end. */
export function solverBase(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/v1$/, '');
}
