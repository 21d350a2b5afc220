import { z } from 'zod';
import type { Fetcher } from '../../http/fetcher.ts';
import type { HttpAnswer } from '../../http/http-answer.ts';
import { KeyRefused, Retryable, SourceBlocked } from '../../http/request-errors.ts';
import type { OutageRetry } from '../base/outage-retry.ts';

export interface Endpoint {
  /** For messages: `StashDB`. */
  title: string;
  /** GraphQL address. */
  url: string;
  apiKey: string;
  /** For messages: the variable that holds the key, and the one that holds the address. */
  keyVariable: string;
  urlVariable: string;
  /** For messages: where the owner finds the key. */
  keyPlace?: string;
  /** For messages: what a refusal (403) means; a proxy in front of it when left out. */
  refusal?: string;
}

/** The box does not know a field or argument that was asked for: it is older than the question. */
export class QueryRejected extends Error {
  override name = 'QueryRejected';
}

/** Asks one question. The answer's `data` has the schema's shape. */
export type RunQuery = <T>(
  query: string,
  variables: Record<string, unknown>,
  schema: z.ZodType<T>,
  signal: AbortSignal,
) => Promise<T>;

/** A page of 100 performers with all their links is about half a megabyte. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

const envelope = z.object({
  data: z.unknown(),
  errors: z
    .array(
      z.looseObject({
        message: z.string(),
        extensions: z.looseObject({ code: z.string().optional() }).nullish(),
      }),
    )
    .nullish(),
});

/**
 * The questions of a stash-box, with every way in which it says no turned into what to do about it:
 * `SourceBlocked` for key and address, `QueryRejected` for a box that is too old, `Retryable` for what may pass. A box that has
 * worked before is waited for.
 */
export function createQueryRunner(endpoint: Endpoint, fetcher: Fetcher, outageRetry: OutageRetry): RunQuery {
  return (query, variables, schema, signal) =>
    outageRetry.run(
      () =>
        fetcher.fetch(endpoint.url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json',
            ...(endpoint.apiKey === '' ? {} : { ApiKey: endpoint.apiKey }),
          },
          body: JSON.stringify({ query, variables }),
          maxBytes: MAX_ANSWER_BYTES,
          signal,
          callerTracksOutages: true,
          read: (answer) => readAnswer(endpoint, answer, schema),
        }),
      signal,
    );
}

function readAnswer<T>(endpoint: Endpoint, answer: HttpAnswer, schema: z.ZodType<T>): T {
  refuseStatus(endpoint, answer.status);
  const { data, errors } = readEnvelope(endpoint, answer);
  if (errors && errors.length > 0)
    throw explain(
      endpoint,
      answer.status,
      errors.map(({ message }) => message),
    );
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new SourceBlocked(
    `${endpoint.title} answers in a shape that this runner does not know: ${z.prettifyError(parsed.error).split('\n')[0]}`,
  );
}

function refuseStatus(endpoint: Endpoint, status: number): void {
  const { title, keyVariable, urlVariable, url, keyPlace = 'your profile page there' } = endpoint;
  if (status === 401 && endpoint.apiKey === '') {
    throw new SourceBlocked(
      `${title} wants a key (HTTP 401), and none was sent, because ${keyVariable} is not set: you find it on ${keyPlace}`,
    );
  }
  if (status === 401) {
    throw new KeyRefused(
      `${title} does not know the key in ${keyVariable} (HTTP 401): it is mistyped or was regenerated, so copy it anew from ${keyPlace}`,
    );
  }
  if (status === 403) {
    const { refusal = 'its proxy does not let this runner in' } = endpoint;
    throw new SourceBlocked(`${title} refuses us (HTTP 403): ${refusal}`);
  }
  if (status !== 422 && status >= 300) {
    throw new SourceBlocked(`${url} is no GraphQL endpoint (HTTP ${status}): check ${urlVariable}`);
  }
}

/** HTML with status 200 is a proxy's page about something that passes: maintenance, a restart. */
function readEnvelope({ title }: Endpoint, { body, status }: HttpAnswer): z.infer<typeof envelope> {
  const text = Buffer.from(body).toString('utf8');
  try {
    return envelope.parse(JSON.parse(text));
  } catch (cause) {
    const what = /^\s*</.test(text) ? 'a page of HTML' : 'something that is not GraphQL';
    throw new Retryable(`${title} answered ${status} with ${what}`, { cause });
  }
}

function explain({ title, keyVariable, apiKey }: Endpoint, status: number, messages: string[]): Error {
  const said = [...new Set(messages)].join('; ').slice(0, 500);
  if (messages.some((message) => /not authorized/i.test(message))) {
    if (apiKey === '') {
      return new SourceBlocked(
        `${title} says "not authorized", because no key was sent: ${keyVariable} is not set`,
      );
    }
    return new SourceBlocked(
      `${title} says "not authorized": the key in ${keyVariable} may not read performers, so runQuery there for the READ role`,
    );
  }
  if (status === 422) return new QueryRejected(`${title} does not understand the question: ${said}`);
  return new Retryable(`${title} reports: ${said}`);
}
