import { formatAgo, formatMoment } from '../derive/moments.ts';

/** A point in time as people say it, with the exact one at hand; a dash when there is none. */
export function Moment({ at, now, never = '–' }: { at: string | null; now: number; never?: string }) {
  if (at === null) return <>{never}</>;
  return (
    <time dateTime={at} title={formatMoment(at)}>
      {formatAgo(at, now)}
    </time>
  );
}
