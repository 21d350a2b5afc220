import { z } from 'zod';
import { text, time } from './primitives.ts';
import { runParamsSchema } from './runs.ts';
import { openName } from './tolerance.ts';

/**
 * A schedule asks for the same run again and again. An occurrence is a moment at which it does.
 *
 * - Its cron expression is read in its time zone. When clocks jump forward over a time of day that it names, the occurrence comes
 *   right after the jump; when they jump back, the first of the two counts. What comes every hour goes by the hours that there
 *   are.
 * - An occurrence starts at most one run, and none while another run is queued or active.
 * - One that is handled more than `limits.scheduleGraceMs` late was missed: the control plane was down or asleep.
 */
export const missedPolicies = {
  skip: 'waits for the next occurrence',
  run_once: 'starts one run as soon as possible, however many occurrences were missed',
} as const;
export type MissedPolicy = keyof typeof missedPolicies;

export const occurrenceOutcomes = {
  started: 'started a run',
  skipped: 'started none, for a reason',
  missed: 'came while the control plane was down',
} as const;
export type OccurrenceOutcome = keyof typeof occurrenceOutcomes;

const cron = text(100)
  .transform((value) => value.trim().replace(/\s+/g, ' '))
  .pipe(
    z
      .string()
      .regex(
        /^\S+( \S+){4}$/,
        'expected five fields, minute, hour, day, month and weekday, such as "0 3 * * *" for every day at 03:00',
      ),
  );
/** By name: an offset such as +01:00 would know nothing of summer time. */
const timeZone = text(64)
  .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/, 'expected the name of a time zone, such as "Europe/Berlin" or "UTC"')
  .default('UTC');

/** Whether cron and time zone make sense together is for the control plane to say, which can read them. */
export const whenSchema = z.object({ cron, time_zone: timeZone });
export type When = z.output<typeof whenSchema>;

export const newScheduleSchema = whenSchema.extend({
  name: text(100)
    .transform((value) => value.trim())
    .pipe(z.string().min(1, 'must not be empty')),
  /** As for a run that is asked for by hand; what is left to the configuration is read when a run starts. */
  params: runParamsSchema.prefault({}),
  missed: z.enum(['skip', 'run_once'] satisfies MissedPolicy[]).default('skip'),
  enabled: z.boolean().default(true),
});
export type NewSchedule = z.input<typeof newScheduleSchema>;

const lastOccurrenceSchema = z.object({
  at: time,
  outcome: openName<OccurrenceOutcome>(['started', 'skipped', 'missed']),
  /** In words: `started run 12`, `skipped: run 11 was still running`. */
  words: z.string(),
  /** The run that it started. */
  run_id: z.int().nullable(),
});

export const scheduleSchema = z.object({
  id: z.int().positive(),
  name: z.string(),
  cron: z.string(),
  time_zone: z.string(),
  params: runParamsSchema,
  missed: openName<MissedPolicy>(['skip', 'run_once']),
  enabled: z.boolean(),
  created_by: z.string(),
  created_at: time,
  /** The occurrences to come, three at most; none while it is disabled. */
  next: z.array(time),
  /** Null until the first occurrence. */
  last: lastOccurrenceSchema.nullable(),
});
export type Schedule = z.output<typeof scheduleSchema>;

export const occurrencesSchema = z.object({ next: z.array(time) });
