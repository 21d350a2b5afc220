import type { Fetcher } from '../../http/fetcher.ts';
import { KeyRefused, Retryable, SourceBlocked } from '../../http/request-errors.ts';

/** Before each further try: a restart takes half a minute, an update some minutes; 10 minutes in all, less what tries take. */
export const OUTAGE_WAITS_MS: readonly number[] = [15, 30, 60, 120, 120, 120, 120].map((s) => s * 1_000);
/** A key that nobody has seen work is most often mistyped, and only sometimes met by a box whose database is down. */
const UNPROVEN_KEY_WAITS_MS: readonly number[] = [30_000];

/** How long a source is waited for. */
export interface OutageRetry {
  /** The source has worked in an earlier run. */
  markAsWorking(): void;
  /**
   * Repeats `attempt`, which has tries of its own, while a source that has worked before is away or refuses the key that it took.
   *
   * @throws the last error, or SourceBlocked for a key that goes on being refused
   */
  run<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** @param title names the source in the run's log */
export function createOutageRetry(
  title: string,
  fetcher: Pick<Fetcher, 'pause' | 'isInteractive'>,
): OutageRetry {
  let hasWorked = false;

  async function run<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        const result = await attempt();
        hasWorked = true;
        return result;
      } catch (error) {
        const waitMs = fetcher.isInteractive ? undefined : waitsFor(error, hasWorked)[tries];
        if (waitMs === undefined || !(error instanceof Error)) throw afterAll(error, title, hasWorked);
        const why = hasWorked ? `${title} has worked before, so it is waited for` : 'it is asked once more';
        await fetcher.pause(waitMs, `${error.message}; ${why}`, signal);
      }
    }
  }

  return {
    markAsWorking: () => {
      hasWorked = true;
    },
    run,
  };
}

/** A host that itself named a longer wait than the tries allow is not asked again in this run. */
function waitsFor(error: unknown, hasWorked: boolean): readonly number[] {
  if (error instanceof KeyRefused) return hasWorked ? OUTAGE_WAITS_MS : UNPROVEN_KEY_WAITS_MS;
  if (error instanceof Retryable && error.retryAfterMs === null && hasWorked) return OUTAGE_WAITS_MS;
  return [];
}

function afterAll(error: unknown, title: string, hasWorked: boolean): unknown {
  if (!(error instanceof KeyRefused) || !hasWorked) return error;
  return new SourceBlocked(
    `${title} has refused a key that worked before for 10 minutes: either its database is down, or the key was made anew. ${error.message}`,
    { cause: error },
  );
}
