import { limits } from '@trainer/contract/limits';
import type { Problem } from '@trainer/contract/problems';
import type { When } from '@trainer/contract/schedules';
import { Cron } from 'croner';
import { ProblemError } from '../http/problem-error.ts';
import { splitTimesOfDay } from './times-of-day.ts';

/** Enough of them to see every distance that a day has: an hour holds four at most, unless they are too close. */
const LOOKED_AT = 64;

const example = 'such as "0 3 * * *" for every day at 03:00';

/**
 * Refuses what cannot be read, never occurs, or occurs too often.
 *
 * @param now ms since 1970
 * @throws {ProblemError} `invalid_request` that names the fields
 */
export function requireWhen(when: When, now: number): void {
  const isZone = isTimeZone(when.time_zone);
  const errors: NonNullable<Problem['errors']> = [];
  const mistake = cronMistake(when, now);
  if (mistake) errors.push({ field: 'cron', message: mistake });
  if (!isZone) {
    const message = `there is no time zone "${when.time_zone}"; expected a name such as "Europe/Berlin" or "UTC"`;
    errors.push({ field: 'time_zone', message });
  }
  if (errors.length === 0) return;
  const detail = errors.map(({ field, message }) => `${field}: ${message}.`).join(' ');
  throw new ProblemError('invalid_request', detail, { errors });
}

/** The first `count` occurrences after `now`, ms since 1970; fewer when there are no more. */
export function nextOccurrences(when: When, now: number, count: number): number[] {
  const times = readCrons(when).flatMap((cron) => cron.nextRuns(count, new Date(now)));
  return [...new Set(times.map((date) => date.getTime()))].sort((a, b) => a - b).slice(0, count);
}

/** The last occurrence that is not after `now`; null when there is none. */
export function latestOccurrence(when: When, now: number): number | null {
  // croner looks before the time that it is given, by whole seconds.
  const nextSecond = (Math.floor(now / 1_000) + 1) * 1_000;
  const times = readCrons(when).flatMap((cron) => cron.previousRuns(1, new Date(nextSecond)));
  return times.length === 0 ? null : Math.max(...times.map((date) => date.getTime()));
}

/**
 * One per time of day: croner keeps to a single time when clocks change, and goes by the hours that there are with several. Without
 * a function to call it sets no timer: it only computes.
 */
function readCrons({ cron, time_zone }: When): Cron[] {
  return splitTimesOfDay(cron).map((each) => new Cron(each, { mode: '5-part', timezone: time_zone }));
}

function cronMistake(when: When, now: number): string | null {
  try {
    // In UTC, where no change of the clock brings two of them together.
    const times = nextOccurrences({ ...when, time_zone: 'UTC' }, now, LOOKED_AT);
    if (times.length === 0) return `"${when.cron}" never occurs; expected a time that comes, ${example}`;
    const closestMs = Math.min(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
    if (closestMs >= limits.scheduleIntervalMinMs) return null;
    return `"${when.cron}" occurs again after ${closestMs / 60_000} min; expected ${limits.scheduleIntervalMinMs / 60_000} min or more between two runs, ${example}`;
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/^\w+: |\.$/g, '') : String(error);
    return `"${when.cron}" cannot be read (${said}); expected minute, hour, day, month and weekday, ${example}`;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
