import type { IncomingMessage, ServerResponse } from 'node:http';
import { createFetcher, type FetcherOptions } from '../src/http/fetcher.ts';
import type { HttpAnswer } from '../src/http/http-answer.ts';
import { createLimiter } from '../src/http/limiter.ts';
import { startWebServer } from './start-web-server.ts';
import { virtualClock } from './virtual-clock.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server, and a fetcher that may talk to it, on a clock that does not have to be waited for. */
export async function meet(answer: Answer, options: Partial<FetcherOptions> = {}) {
  const server = await startWebServer(answer);
  const clock = virtualClock();
  const fetcher = createFetcher({
    limiter: createLimiter(clock, { requestsPerMinute: 6_000_000, concurrency: 4 }),
    clock,
    random: () => 0,
    userAgent: 'trainer-test/1 (+mailto:owner@example.org)',
    allowedOrigins: new Set([server.origin]),
    ...options,
  });
  return {
    ...server,
    fetcher,
    clock,
    get: (
      path = '/',
      more: { maxBytes?: number; signal?: AbortSignal; headers?: Record<string, string> } = {},
    ) =>
      fetcher.fetch(new URL(path, server.origin).href, { maxBytes: 10_000, read: (found) => found, ...more }),
    async [Symbol.asyncDispose]() {
      await fetcher.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Answers in this order, the last one for ever. */
export function inTurn(...answers: Answer[]): Answer {
  let turn = 0;
  return (request, response) => answers[Math.min(turn++, answers.length - 1)]?.(request, response);
}

/** Answers with this status, these headers and this body. */
export function status(code: number, headers: Record<string, string> = {}, body = ''): Answer {
  return (_, response) => void response.writeHead(code, headers).end(body);
}

export const fine = status(200, {}, 'fine');

/** The answer's body as UTF-8. */
export const textOf = (answer: HttpAnswer) => Buffer.from(answer.body).toString();
