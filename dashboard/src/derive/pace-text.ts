import type { Pace, TaskView } from '@trainer/contract/runs';
import { formatRate } from './numbers.ts';
import { formatDuration } from './times.ts';

/** `84 a minute`, or what is missing to say so. */
export function rateText({ per_minute }: Pace): string {
  return per_minute === null ? 'not known yet' : `${formatRate(per_minute)} a minute`;
}

/** The time that is left: `about 12 min`, `perhaps 12 min (a guess)`. */
export function etaText({ eta_s, is_guess }: Pace): string {
  if (eta_s === null) return 'not known yet';
  const left = formatDuration(roundToReadable(eta_s) * 1_000);
  return is_guess ? `perhaps ${left} (a guess)` : `about ${left}`;
}

/** Nobody wants to read seconds of an hour: 5 s steps below five minutes, whole minutes above. */
function roundToReadable(seconds: number): number {
  const step = seconds < 300 ? 5 : 60;
  return Math.max(step, Math.round(seconds / step) * step);
}

/** Done of total, 0 to 1; null while the total is not known. */
export function shareDone(done: number, total: number | null): number | null {
  if (total === null || total === 0) return null;
  return Math.min(1, done / total);
}

/** Whether a source has yet to say how many performers it has, so that the total of the run can only grow. */
export function isTotalPartial(tasks: readonly TaskView[]): boolean {
  return tasks.some(({ kind, progress }) => kind !== 'publish' && progress.performers_total === null);
}
