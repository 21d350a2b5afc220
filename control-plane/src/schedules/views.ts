import { type Schedule, scheduleSchema } from '@trainer/contract/schedules';
import { isoTime, isoTimeOrNull } from '../http/iso-time.ts';
import { nextOccurrences } from './occurrences.ts';
import type { ScheduleRow } from './store.ts';

const SHOWN = 3;

/** A schedule as the API gives it. */
export function toView(row: ScheduleRow, now: number): Schedule {
  return scheduleSchema.parse({
    id: row.id,
    name: row.name,
    ...whenOf(row),
    params: JSON.parse(row.params),
    missed: row.missed,
    enabled: row.enabled,
    created_by: row.createdBy,
    created_at: isoTime(row.createdAt),
    next: row.enabled ? nextOccurrences(whenOf(row), now, SHOWN).map(isoTime) : [],
    last: row.lastOutcome && {
      at: isoTimeOrNull(row.lastAt),
      outcome: row.lastOutcome,
      words: outcomeWords(row),
      run_id: row.lastRunId,
    },
  });
}

export function whenOf({ cron, timeZone }: ScheduleRow) {
  return { cron, time_zone: timeZone };
}

/** What became of the last occurrence: `skipped: run 11 was still running`. */
export function outcomeWords({
  lastOutcome,
  lastReason,
  lastRunId,
}: Pick<ScheduleRow, 'lastOutcome' | 'lastReason' | 'lastRunId'>): string {
  if (lastOutcome === 'missed') return 'missed while the control plane was down';
  if (lastOutcome === 'skipped') return `skipped: ${lastReason ?? 'no reason given'}`;
  return `started run ${lastRunId}${lastReason ? ` (${lastReason})` : ''}`;
}
