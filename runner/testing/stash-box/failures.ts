/** An answer given instead of the right one; `hang-up` closes the connection without any. */
export type Failure = { status: number; headers: Record<string, string>; body: string } | 'hang-up';

/** Which requests a failure is for. */
export type FailureScope = 'graphql' | 'images' | 'all';

export const hangUp: Failure = 'hang-up';

/** What a proxy in front of a stash-box says when the box is gone or busy: HTML, whatever was asked. */
export function htmlPage(status: number, headers: Record<string, string> = {}): Failure {
  const body = `<!DOCTYPE html><html><head><title>${status}</title></head><body>Error ${status}</body></html>`;
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers }, body };
}

/** `retryAfter` is seconds or an HTTP date; left out, the answer does not say how long to wait. */
export function tooManyRequests(retryAfter?: number | string): Failure {
  return htmlPage(429, retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) });
}

/** HTTP 200 with errors and no data, as GraphQL reports trouble inside a resolver. */
export function graphqlErrors(...messages: string[]): Failure {
  return jsonAnswer(200, {
    errors: messages.map((message) => ({ message, path: ['queryPerformers'] })),
    data: null,
  });
}

/** HTTP 422 as an instance answers that knows fewer fields than were asked for. */
export function unknownField(type: string, field: string): Failure {
  const message = `Cannot query field "${field}" on type "${type}".`;
  return jsonAnswer(422, {
    errors: [{ message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    data: null,
  });
}

/** Any JSON at all, for answers that no real schema would give. */
export function jsonAnswer(status: number, value: unknown): Failure {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) };
}

/** The failures still to be given, first come first served within a scope. */
export function createFailureQueue() {
  let waiting: { failure: Failure; scope: FailureScope; left: number; passing: number }[] = [];

  function add(failure: Failure, times = 1, scope: FailureScope = 'all'): void {
    addAfter(0, failure, times, scope);
  }

  /** The same once that many requests of the scope were answered as they should be. */
  function addAfter(passing: number, failure: Failure, times: number, scope: FailureScope): void {
    waiting.push({ failure, scope, left: times, passing });
  }

  function take(path: string): Failure | undefined {
    const asked = path.startsWith('/images/') ? 'images' : 'graphql';
    const next = waiting.find(({ scope, left }) => left > 0 && (scope === 'all' || scope === asked));
    if (!next) return undefined;
    if (next.passing > 0) {
      next.passing -= 1;
      return undefined;
    }
    next.left -= 1;
    return next.failure;
  }

  function clear(): void {
    waiting = [];
  }

  return { add, addAfter, clear, take };
}
