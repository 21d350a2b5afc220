import { NotRetryable, Retryable, SourceBlocked, Throttled } from '../../../http/request-errors.ts';
import { messageOf } from '../../../logs/message-of.ts';
import type { TransportDeps } from './transport.ts';

/** Waits after 429 and 503 without a `Retry-After`, as the first generation of trainers had them. */
const THROTTLED_WAITS_MS = [30_000, 60_000, 90_000];
const MAX_RETRY_AFTER_MS = 600_000;
/** A container with a browser starts within a minute; pulling a new image takes longer. */
const AWAY_BUDGET_MS = 300_000;
const FIRST_AWAY_WAIT_MS = 1_000;
const MAX_AWAY_WAIT_MS = 30_000;
/** New browsers for one page: some pages crash every browser. */
const MAX_CRASHES_PER_PAGE = 3;
/** Deaths without one page between them. */
const MAX_CONSECUTIVE_CRASHES = 5;
/** Pages of one host that failed in spite of all attempts; as `createFetcher` has it. */
const MAX_CONSECUTIVE_FAILURES = 10;

type Deps = Pick<TransportDeps, 'clock' | 'limiter' | 'random' | 'onWait' | 'stop'>;

/** Repeats what a browser may do better the next time. One per transport, because it counts over pages. */
interface BrowserRetry {
  /**
   * @throws SourceBlocked when the browser stays away or keeps dying, or the host keeps failing; NotRetryable; Retryable or
   * Throttled when all attempts are used up; the reason of the signal, or of `stop`
   */
  run<T>(at: URL, attempt: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/**
 * An attempt that throws `BrowserUnavailable` is repeated with growing waits, 5 minutes in all; `BrowserCrashed` at once, three times for
 * one page; `Throttled` after what the site asks for, with the whole source held back; every other error after
 * `faultWaitsMs`, one wait for each further attempt.
 *
 * @param title of the program that holds the browser, for messages
 */
export function createBrowserRetry(deps: Deps, title: string, faultWaitsMs: readonly number[]): BrowserRetry {
  const consecutiveFailures = new Map<string, number>();
  let consecutiveCrashes = 0;

  async function retryUntilDone<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const spent = { awayMs: 0, aways: 0, crashes: 0, faults: 0 };
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof SourceBlocked || error instanceof NotRetryable) throw error;
        if (error instanceof BrowserUnavailable) await waitUntilAvailable(error, spent, signal);
        else if (error instanceof BrowserCrashed) noteCrash(error, spent);
        else await waitAfterFault(error, spent, signal);
      }
    }
  }

  async function waitUntilAvailable(
    error: BrowserUnavailable,
    spent: Spent,
    signal: AbortSignal,
  ): Promise<void> {
    if (spent.awayMs >= AWAY_BUDGET_MS) {
      const minutes = AWAY_BUDGET_MS / 60_000;
      throw new SourceBlocked(`${error.message}; ${title} did not come back within ${minutes} minutes`, {
        cause: error,
      });
    }
    const fullMs = Math.min(FIRST_AWAY_WAIT_MS * 2 ** spent.aways, MAX_AWAY_WAIT_MS);
    const waitMs = fullMs * (1 - deps.random() / 2);
    spent.aways += 1;
    spent.awayMs += fullMs;
    reportWait(error.message, waitMs);
    await sleep(waitMs, signal);
  }

  function noteCrash(error: BrowserCrashed, spent: Spent): void {
    spent.crashes += 1;
    consecutiveCrashes += 1;
    if (consecutiveCrashes >= MAX_CONSECUTIVE_CRASHES) {
      throw new SourceBlocked(
        `The browser of ${title} ended ${consecutiveCrashes} times in a row (${error.message}): restart ${title}, and give it more memory`,
        { cause: error },
      );
    }
    if (spent.crashes >= MAX_CRASHES_PER_PAGE) throw new Retryable(error.message, { cause: error });
  }

  async function waitAfterFault(error: unknown, spent: Spent, signal: AbortSignal): Promise<void> {
    const fault = error instanceof Retryable ? error : new Retryable(messageOf(error), { cause: error });
    const waits = fault instanceof Throttled ? THROTTLED_WAITS_MS : faultWaitsMs;
    const usualMs = waits[spent.faults];
    const waitMs = fault.retryAfterMs ?? usualMs;
    if (waitMs === undefined || usualMs === undefined || waitMs > MAX_RETRY_AFTER_MS) throw fault;
    spent.faults += 1;
    reportWait(fault.message, waitMs);
    if (fault instanceof Throttled) deps.limiter.pauseFor(waitMs);
    else await sleep(waitMs, signal);
  }

  function sleep(ms: number, signal: AbortSignal): Promise<void> {
    return deps.clock.sleep(ms, deps.stop ? AbortSignal.any([signal, deps.stop]) : signal);
  }

  function reportWait(message: string, waitMs: number): void {
    deps.onWait?.(`${message}; going on in ${Math.ceil(waitMs / 1_000)} s`);
  }

  return {
    async run(at, attempt, signal) {
      const failures = consecutiveFailures.get(at.host) ?? 0;
      if (failures >= MAX_CONSECUTIVE_FAILURES) {
        throw new SourceBlocked(
          `${at.host} failed ${failures} times in a row, so it is left alone; see the log for what happened`,
        );
      }
      try {
        const result = await retryUntilDone(attempt, signal);
        consecutiveFailures.delete(at.host);
        consecutiveCrashes = 0;
        return result;
      } catch (error) {
        if (error instanceof Retryable) consecutiveFailures.set(at.host, failures + 1);
        throw error;
      }
    },
  };
}

interface Spent {
  /** Without jitter, ms. */
  awayMs: number;
  aways: number;
  crashes: number;
  faults: number;
}

/** The program that holds the browser (FlareSolverr, Chrome) does not answer. It may be restarting, so it is waited for. */
export class BrowserUnavailable extends Error {
  override name = 'BrowserUnavailable';
}

/** A browser or its tab ended in the middle of a page. The next attempt takes a new one. */
export class BrowserCrashed extends Error {
  override name = 'BrowserCrashed';
}

/** System and undici codes of connections that were refused, broken off, or whose host has no address at present. */
const CONNECTION_ERROR =
  /^(?:ECONN|EHOST|ENET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|UND_ERR_(?:SOCKET|CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT|RES_|ABORTED))/;

/** Whether an error says that a program on the network is away, as one does that is being restarted. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return CONNECTION_ERROR.test(code) || isConnectionError(error.cause);
}
