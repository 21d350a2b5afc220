import { z } from 'zod';
import { limits } from './limits.ts';
import { count, dictionary, storable, time } from './primitives.ts';
import { sourceIdSchema } from './sources.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

// A scraped name may hold anything. Refusing the line would stop the whole log, so it is made storable instead.
const fields = dictionary(
  z.string().max(64).overwrite(storable),
  z.union([z.string().overwrite(storable), z.number(), z.boolean(), z.null()]),
  1_000,
).refine((value) => JSON.stringify(value).length <= limits.logFieldsMaxBytes, 'fields are too large');

/** One line as a runner sends it. `seq` counts from 1 within the task and never skips a number. */
export const logLineSchema = z.object({
  seq: z.int().positive(),
  time,
  /** One that a later release has added is taken for `info`: levels have an order, in which it has no place. */
  level: z.enum(logLevels).catch('info'),
  source: sourceIdSchema.nullable(),
  message: z.string().max(limits.logMessageMaxLength).overwrite(storable),
  fields: fields.default({}),
});
export type LogLine = z.output<typeof logLineSchema>;

export const logBatchSchema = z.object({
  fence: z.int().positive(),
  lines: z.array(logLineSchema).min(1).max(limits.logLinesPerBatch),
});

/** Lines up to `next_seq` - 1 are stored; a repeated line is stored once. */
export const logReceiptSchema = z.object({ next_seq: z.int().positive() });

/** One line as it is read back. `id` orders lines over all tasks and is the stream's event id. */
export const storedLogLineSchema = logLineSchema.extend({
  id: z.int().positive(),
  /** Null for lines of the control plane itself. */
  run_id: z.int().nullable(),
  task_id: z.string().nullable(),
  seq: z.int().positive().nullable(),
});
export type StoredLogLine = z.output<typeof storedLogLineSchema>;

export const logQuerySchema = z.object({
  run: z.coerce.number().int().positive().optional(),
  source: sourceIdSchema.optional(),
  /** The lowest level wanted. */
  level: z.enum(logLevels).optional(),
  /** Without `Last-Event-ID`: begin with this many past lines. */
  tail: z.coerce.number().int().min(0).max(1_000).default(200),
});

/** What retention keeps and has dropped. */
export const logStatsSchema = z.object({ lines: count, bytes: count });
