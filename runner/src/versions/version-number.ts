import { versionNumber } from '@trainer/contract/versions';

/**
 * The number of the next version: the day (UTC) as `YYYY.MM.DD`, then `.1` to `.9` for more on that day, then
 * the day after. It sorts after `latest` as plain text, which is all that sidecars compare, also when the clock
 * has gone back.
 * @throws Error when `latest` is not such a number.
 */
export function nextVersion(latest: string | null, today: Date): string {
  const day = dayOf(today);
  if (latest === null) return day;
  if (!versionNumber.safeParse(latest).success) {
    throw new Error(`The latest version is called "${latest}", expected YYYY.MM.DD or YYYY.MM.DD.N`);
  }
  if (day > latest) return day;
  const [latestDay, suffix] = [latest.slice(0, 10), Number(latest.slice(11))];
  return suffix < 9 ? `${latestDay}.${suffix + 1}` : dayAfter(latestDay);
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10).replaceAll('-', '.');
}

function dayAfter(day: string): string {
  const date = new Date(`${day.replaceAll('.', '-')}T00:00:00Z`);
  return dayOf(new Date(date.getTime() + 24 * 60 * 60 * 1000));
}
