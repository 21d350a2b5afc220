/** With more times a day, two of them are closer together than a schedule allows. */
const MOST = 96;

/**
 * The times of day of a cron expression as expressions of one time each: `30 2,14 * * *` is `30 2 * * *` and `30 14 * * *`. An
 * hourly one, and one with too many times, stays as it is.
 *
 * @param cron five fields with one blank between
 */
export function splitTimesOfDay(cron: string): string[] {
  const [minute = '', hour = '', ...days] = cron.split(' ');
  if (hour === '*') return [cron];
  const minutes = valuesOf(minute, 59);
  const hours = valuesOf(hour, 23);
  if (minutes === null || hours === null || minutes.length * hours.length > MOST) return [cron];
  return hours.flatMap((h) => minutes.map((m) => [m, h, ...days].join(' ')));
}

/** The values of a field up to `max`; null for what only the library can read. */
function valuesOf(field: string, max: number): number[] | null {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const found = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (!found) return null;
    const [, from, to, step] = found;
    // "5/2" means different things to different programs.
    if (step !== undefined && from !== undefined && to === undefined) return null;
    const [first, last] = from === undefined ? [0, max] : [Number(from), Number(to ?? from)];
    const by = Number(step ?? 1);
    if (by < 1 || first > last || last > max) return null;
    for (let value = first; value <= last; value += by) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}
