import { request } from 'undici';
import { z } from 'zod';
import { readBody } from '../../../http/read-body.ts';
import { NotRetryable, Retryable, SourceBlocked } from '../../../http/request-errors.ts';
import { messageOf } from '../../../logs/message-of.ts';
import { BrowserCrashed, BrowserUnavailable, isConnectionError } from './browser-retry.ts';
import { findNetError, isPassingNetError } from './net-errors.ts';

const textOrNull = z
  .string()
  .nullish()
  .transform((text) => text ?? '');
const cookie = z.object({ name: z.string(), value: textOrNull, domain: textOrNull });

/** What FlareSolverr gives for a page (its API, version 3: status always 200 and headers empty). */
const solution = z.object({
  url: z.string(),
  response: textOrNull,
  userAgent: textOrNull,
  cookies: z
    .array(cookie)
    .nullish()
    .transform((cookies) => cookies ?? []),
});
export type Solution = z.output<typeof solution>;

/** The solution is read only where it counts: beside an error it may be null, empty or half of one. */
const reply = z.object({ status: z.string(), message: textOrNull, solution: z.unknown().optional() });
type Reply = z.output<typeof reply>;

/** For FlareSolverr: the page, its challenge and all. */
const MAX_TIMEOUT_MS = 60_000;
const CLIENT_MARGIN_MS = 10_000;
/** A page of 20 MB, with every second character escaped. */
const MAX_REPLY_BYTES = 40 * 1024 * 1024;
const MAX_MESSAGE_LENGTH = 500;

/** Selenium's sentences for a browser, tab or driver that is no more; the session stays unusable until it is destroyed. */
const DEAD_BROWSER =
  /tab crashed|page crash|invalid session id|session not created|chrome not reachable|not connected to DevTools|no such window|web view not found|chrome failed to start|cannot connect to chrome|DevToolsActivePort|Max retries exceeded with url: \/session|Remote end closed connection/i;

export interface SolverClient {
  /** Opens the url in the session, which is made when it is not there. */
  open(url: string, session: string, signal: AbortSignal): Promise<Solution>;
  destroy(session: string): Promise<void>;
}

/**
 * Calls the owner's FlareSolverr.
 *
 * `open` throws BrowserUnavailable (no FlareSolverr answers), BrowserCrashed (the session is of no use any more), SourceBlocked (it says
 * that the site bans us, or something else than FlareSolverr answers), Retryable (no answer in time, or a network error that
 * may pass), NotRetryable (any other failure: asking again gives the same), or the signal's reason
 */
export function createSolverClient(baseUrl: string): SolverClient {
  const endpoint = `${solverBase(baseUrl)}/v1`;

  async function command(body: Record<string, unknown>, signal: AbortSignal): Promise<Reply> {
    const timeout = AbortSignal.timeout(MAX_TIMEOUT_MS + CLIENT_MARGIN_MS);
    try {
      const answer = await request(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.any([signal, timeout]),
        headersTimeout: MAX_TIMEOUT_MS + CLIENT_MARGIN_MS,
      });
      const bytes = await readBody(answer.body, undefined, MAX_REPLY_BYTES, () => {});
      return parseReply(answer.statusCode, Buffer.from(bytes).toString());
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted) throw new Retryable('FlareSolverr gave no answer in time', { cause: error });
      throw explain(error);
    }
  }

  return {
    async open(url, session, signal) {
      // Without its pictures, styles and fonts a page costs the site a few requests instead of dozens.
      const body = { cmd: 'request.get', url, session, maxTimeout: MAX_TIMEOUT_MS, disableMedia: true };
      const answer = await command(body, signal);
      if (answer.status !== 'ok') throw explainMessage(answer.message);
      const solved = solution.safeParse(answer.solution);
      if (solved.success) return solved.data;
      throw new NotRetryable(`FlareSolverr: ${firstSentence(answer.message) || 'no solution in its answer'}`);
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

/** FlareSolverr's errors come with status 500; what a proxy says in its place is no JSON. */
function parseReply(status: number, text: string): Reply {
  const parsed = reply.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const said = text.trim() === '' ? `an empty answer (${status})` : `an answer of status ${status}`;
  if (status >= 500 || text.trim() === '') {
    throw new BrowserUnavailable(`FLARESOLVERR_URL gave ${said}: FlareSolverr may be restarting`);
  }
  throw new SourceBlocked(
    `FLARESOLVERR_URL does not answer as FlareSolverr does: it gave ${said} without FlareSolverr's fields`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function explain(error: unknown): Error {
  if (error instanceof BrowserUnavailable || error instanceof SourceBlocked) return error;
  const cause = { cause: error };
  if (error instanceof NotRetryable) {
    return new NotRetryable(`FlareSolverr's answer is not taken: ${error.message}`, cause);
  }
  const message = messageOf(error);
  if (isConnectionError(error) || error instanceof Retryable) {
    return new BrowserUnavailable(`FLARESOLVERR_URL does not answer: ${message}`, cause);
  }
  return new SourceBlocked(`FLARESOLVERR_URL does not answer as FlareSolverr does: ${message}`, cause);
}

/** What FlareSolverr's own words about a failed page mean. */
function explainMessage(message: string): Error {
  const said = `FlareSolverr: ${firstSentence(message) || 'it failed without a reason'}`;
  if (DEAD_BROWSER.test(said)) return new BrowserCrashed(said);
  const netError = findNetError(said);
  if (netError !== null) return isPassingNetError(netError) ? new Retryable(said) : new NotRetryable(said);
  if (/timeout/i.test(said)) return new Retryable(said);
  if (/blocked|banned/i.test(said)) return new SourceBlocked(said);
  return new NotRetryable(said);
}

/** Without Selenium's stack trace. FlareSolverr writes line breaks as `\n`, two characters. */
function firstSentence(message: string): string {
  const [sentence = ''] = message.split(/(?:\s|\\n)*Stacktrace\b/);
  const oneLine = sentence.replaceAll(/(?:\s|\\n)+/g, ' ').trim();
  return oneLine.length > MAX_MESSAGE_LENGTH ? `${oneLine.slice(0, MAX_MESSAGE_LENGTH)}…` : oneLine;
}
