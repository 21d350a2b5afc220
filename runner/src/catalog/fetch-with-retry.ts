import { messageOf } from '../logs/message-of.ts';

/** A server that restarts is back sooner; one that is away for longer fails the tasks under way. */
const PATIENCE_MS = 5 * 60_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** A whole statement over a large catalog takes seconds. */
const ANSWER_WITHIN_MS = 60_000;

export interface Patience {
  now: () => Date;
  sleep: (ms: number) => Promise<void>;
  /** Hears once of a server that cannot be reached, and once that it can. */
  say: (message: string) => void;
}

type Fetch = (request: Request) => Promise<Response>;

/**
 * Repeats requests that a server did not answer: nobody was there, the connection broke, or a proxy or the server itself said to
 * come again. So a statement may run twice, which every statement of the catalog bears.
 *
 * @throws what the last attempt said, after 5 minutes
 */
export function fetchWithRetry({ now, sleep, say }: Patience, fetch: Fetch = wholeFetch): Fetch {
  return async (request) => {
    const since = now().getTime();
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const isFirst = pauseMs === FIRST_PAUSE_MS;
      try {
        const response = await fetch(request.clone());
        const isLate = now().getTime() - since >= PATIENCE_MS;
        if (!comesAgain(response) || isLate) {
          if (!isFirst) say('The catalog’s server answers again');
          return response;
        }
        if (isFirst) say(`The catalog’s server answers ${response.status}, trying again`);
      } catch (error) {
        if (now().getTime() - since >= PATIENCE_MS) throw error;
        if (isFirst) say(`The catalog’s server cannot be reached, trying again: ${describe(error)}`);
      }
      await sleep(pauseMs);
    }
  };
}

/** With its body, so that a connection that breaks in the middle of it is noticed here. */
async function wholeFetch(request: Request): Promise<Response> {
  const response = await fetch(request, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  const { status, headers } = response;
  return new Response(await response.arrayBuffer(), { status, headers });
}

function comesAgain({ status }: Response): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** `fetch` says why in the cause only. */
function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  return messageOf(cause);
}
