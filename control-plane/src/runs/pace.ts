import type { Pace } from '@trainer/contract/runs';

/** Below these, a rate says little about what is to come. */
const MIN_PROCESSED = 20;
const MIN_ELAPSED_MS = 30_000;

export interface Counted {
  processed: number;
  /** Null while nobody knows. */
  total: number | null;
  /** Ms since 1970; null before the beginning. */
  startedAt: number | null;
  /** Null while it goes on. */
  finishedAt: number | null;
  /** More is to come that `total` does not hold yet. */
  isTotalPartial?: boolean;
}

/** Rate and remaining time from what was counted since the beginning, waits and interruptions included. */
export function paceOf(
  { processed, total, startedAt, finishedAt, isTotalPartial }: Counted,
  now: number,
): Pace {
  if (startedAt === null || processed === 0) return { per_minute: null, eta_s: null, is_guess: true };
  const elapsedMs = Math.max(1, (finishedAt ?? now) - startedAt);
  const perMinute = (processed / elapsedMs) * 60_000;
  const isOver = finishedAt !== null;
  const isKnown = total !== null && !isOver;
  return {
    per_minute: Math.round(perMinute * 10) / 10,
    eta_s: isKnown ? Math.round((Math.max(0, total - processed) / perMinute) * 60) : null,
    is_guess:
      !isOver &&
      (total === null || isTotalPartial === true || processed < MIN_PROCESSED || elapsedMs < MIN_ELAPSED_MS),
  };
}
