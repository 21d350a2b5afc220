import type { Schedule } from '@trainer/contract/schedules';
import type { SourceId } from '@trainer/contract/sources';
import { listOf } from './numbers.ts';
import type { Tone } from './run-text.ts';

/** Where the person who looks is, such as `Europe/Berlin`. */
export function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `Mon, 23 Nov, 03:00`, as the clocks in that time zone show it; null for one that this browser does not know. */
export function formatIn(at: string, timeZone: string): string | null {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
    }).format(new Date(at));
  } catch {
    return null;
  }
}

/** When something comes in the viewer's own time, and in the schedule's where that differs. */
export function timesOf(at: string, timeZone: string, own: string): { here: string; there: string | null } {
  const here = formatIn(at, own) ?? at;
  const there = formatIn(at, timeZone);
  return { here, there: there === null || there === here ? null : `${there} in ${placeOf(timeZone)}` };
}

/** `America/Port_of_Spain` → `Port of Spain`. */
function placeOf(timeZone: string): string {
  return timeZone.slice(timeZone.lastIndexOf('/') + 1).replaceAll('_', ' ');
}

/** What its runs do, in a line. */
export function paramsText(
  { sources, full, enable_faces, model_pack }: Schedule['params'],
  titleOf: (source: SourceId | null) => string,
): string {
  const words = [
    sources ? listOf(sources.map(titleOf)) : 'sources as configured',
    full && 'full rescan',
    !enable_faces && 'metadata only',
    model_pack && `model pack ${model_pack}`,
  ];
  return words.filter(Boolean).join('; ');
}

export const outcomeTones: Record<NonNullable<Schedule['last']>['outcome'], Tone> = {
  started: 'good',
  skipped: 'warn',
  missed: 'warn',
};
