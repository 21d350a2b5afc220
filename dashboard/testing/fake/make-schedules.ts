import type { Schedule } from '@trainer/contract/schedules';
import { ago, type World } from './world.ts';

const params: Schedule['params'] = {
  enable_faces: true,
  max_faces_per_source: 5,
  max_faces_total: 12,
  reference_mode: 'url',
  full: false,
};

/** One that started a run, one that was skipped, and one that is switched off. */
export function makeSchedules(world: Pick<World, 'now'>): Schedule[] {
  const kept = {
    missed: 'skip',
    enabled: true,
    created_by: 'owner',
    created_at: ago(world, 40_000),
  } as const;
  return [
    {
      ...kept,
      id: 1,
      name: 'Nightly',
      cron: '0 3 * * *',
      time_zone: 'Europe/Berlin',
      params,
      next: nextTimes('0 3 * * *', 'Europe/Berlin', world.now(), 3),
      last: { at: ago(world, 600), outcome: 'started', words: 'started run 41', run_id: 41 },
    },
    {
      ...kept,
      id: 2,
      name: 'Everything, monthly',
      cron: '30 4 1 * *',
      time_zone: 'UTC',
      params: { ...params, full: true, sources: ['stashdb', 'fansdb', 'thenude'] },
      missed: 'run_once',
      next: nextTimes('30 4 1 * *', 'UTC', world.now(), 3),
      last: {
        at: ago(world, 30_600),
        outcome: 'skipped',
        words: 'skipped: run 37 was still running',
        run_id: null,
      },
    },
    {
      ...kept,
      id: 3,
      name: 'Metadata on Sundays',
      cron: '0 12 * * 0',
      time_zone: 'America/New_York',
      params: { ...params, enable_faces: false },
      enabled: false,
      next: [],
      last: {
        at: ago(world, 20_000),
        outcome: 'missed',
        words: 'missed while the control plane was down',
        run_id: null,
      },
    },
  ];
}

const names = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const HOUR_MS = 3_600_000;

/**
 * The next times of expressions that the page's examples are like: a minute, an hour, and a day of the month or week or
 * neither. None for any other, nor for a time zone that there is not. The real control plane has a library for this.
 */
export function nextTimes(cron: string, timeZone: string, now: number, count: number): string[] {
  const [, minute = '', hour, day, weekday = ''] =
    /^([0-5]?\d) ([01]?\d|2[0-3]) (\*|\d+) \* (\*|[0-6]|[A-Z]{3})$/i.exec(cron) ?? [];
  if (!minute || !isTimeZone(timeZone)) return [];
  const wanted = names[Number(weekday)] ?? weekday.toUpperCase();
  const local = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    hour: 'numeric',
    day: 'numeric',
    weekday: 'short',
  });
  const first = Math.floor(now / HOUR_MS) * HOUR_MS + Number(minute) * 60_000;
  const hours = Array.from({ length: 24 * 31 * count }, (_, index) => first + index * HOUR_MS);
  const fits = (at: number) => {
    const parts = Object.fromEntries(local.formatToParts(at).map(({ type, value }) => [type, value]));
    return (
      Number(parts.hour) === Number(hour) &&
      (day === '*' || Number(parts.day) === Number(day)) &&
      (weekday === '*' || parts.weekday?.toUpperCase() === wanted)
    );
  };
  return hours
    .filter((at) => at > now && fits(at))
    .slice(0, count)
    .map((at) => new Date(at).toISOString());
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
