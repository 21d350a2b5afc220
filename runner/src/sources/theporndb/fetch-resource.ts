import { z } from 'zod';
import type { Fetcher } from '../../http/fetcher.ts';
import type { HttpAnswer } from '../../http/http-answer.ts';
import { KeyRefused, Retryable, SourceBlocked, Throttled } from '../../http/request-errors.ts';
import type { OutageRetry } from '../base/outage-retry.ts';

export interface Endpoint {
  /** Where the REST interface begins: `https://api.theporndb.net`. */
  url: string;
  token: string;
  /** For messages: the variable that holds the token, and the one that holds the address. */
  keyVariable: string;
  urlVariable: string;
}

/** It does not take the question: a filter or an order that it does not know. */
export class RequestRejected extends SourceBlocked {
  override name = 'RequestRejected';
}

/** Asks for one resource below the endpoint. Null when there is no such thing (404). */
export type FetchResource = <T>(path: string, schema: z.ZodType<T>, signal: AbortSignal) => Promise<T | null>;

/** A page of 100 performers with all their pictures' addresses is about a megabyte. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** How it says no: `{ message }`, or `{ errors: [{ message }] }` from the parts that were GraphQL. */
const refusal = z.object({
  message: z.string().optional(),
  errors: z.array(z.looseObject({ message: z.string() })).optional(),
});

/**
 * The questions to ThePornDB, with every way in which it says no turned into what to do about it:
 * `SourceBlocked` for token and address, `Throttled` or `Retryable` for what may pass.
 */
export function createResourceFetcher(
  endpoint: Endpoint,
  fetcher: Fetcher,
  outageRetry: OutageRetry,
): FetchResource {
  return (path, schema, signal) =>
    outageRetry.run(
      () =>
        fetcher.fetch(`${endpoint.url.replace(/\/+$/, '')}${path}`, {
          headers: { accept: 'application/json', authorization: `Bearer ${endpoint.token}` },
          maxBytes: MAX_ANSWER_BYTES,
          signal,
          callerTracksOutages: true,
          read: (answer) => readAnswer(endpoint, answer, schema),
        }),
      signal,
    );
}

function readAnswer<T>(endpoint: Endpoint, answer: HttpAnswer, schema: z.ZodType<T>): T | null {
  const text = Buffer.from(answer.body).toString('utf8');
  if (answer.status === 404) return null;
  if (answer.status >= 300) throw refuseStatus(endpoint, answer.status, text);
  const value = readJson(text, answer.status);
  const said = readRefusal(value);
  if (said !== null) throw explain(said);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SourceBlocked(
    `ThePornDB answers in a shape that this runner does not know: ${z.prettifyError(parsed.error).split('\n')[0]}`,
  );
}

function refuseStatus({ keyVariable, urlVariable, url }: Endpoint, status: number, text: string): Error {
  if (status === 403 && /error(?: code)?:? ?1010\b/i.test(text)) {
    return new SourceBlocked(
      'Cloudflare, in front of ThePornDB, does not let this runner in because of its user agent (403, error 1010): set another user_agent in the configuration',
    );
  }
  if (status === 403 && /^\s*</.test(text)) {
    return new SourceBlocked(
      'ThePornDB refuses us with a page of HTML (HTTP 403): Cloudflare, in front of it, does not let this runner in',
    );
  }
  const said = readRefusal(tryJson(text));
  const quoted = said === null ? '' : `, saying ${JSON.stringify(said)}`;
  if (status === 401 || status === 403) {
    const refused = status === 401 ? KeyRefused : SourceBlocked;
    return new refused(
      `ThePornDB does not take the token in ${keyVariable} (HTTP ${status}${quoted}): it is mistyped or has expired, so make a new one under API Tokens in your account there`,
    );
  }
  const blocked = status === 400 || status === 422 ? RequestRejected : SourceBlocked;
  return new blocked(`${url} is not ThePornDB’s interface (HTTP ${status}${quoted}): check ${urlVariable}`);
}

/** HTML with status 200 is a proxy's page about something that passes: maintenance, a restart. */
function readJson(text: string, status: number): unknown {
  const value = tryJson(text);
  if (value !== undefined) return value;
  const what = /^\s*</.test(text) ? 'a page of HTML' : 'something that is not JSON';
  throw new Retryable(`ThePornDB answered ${status} with ${what}`);
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What it says instead of data, or null. */
function readRefusal(value: unknown): string | null {
  const parsed = refusal.safeParse(value);
  if (!parsed.success) return null;
  const messages = [parsed.data.message, ...(parsed.data.errors ?? []).map(({ message }) => message)];
  const said = messages.filter((message) => message !== undefined).join('; ');
  return said === '' ? null : said.slice(0, 300);
}

function explain(said: string): Error {
  if (/too many attempts/i.test(said)) return new Throttled(`ThePornDB says ${JSON.stringify(said)}`);
  return new Retryable(`ThePornDB reports: ${said}`);
}
