import { z } from 'zod';
import { count, safeName, text, time } from './primitives.ts';
import { progressSchema } from './progress.ts';
import { MAX_SOURCES, referenceModes, sourceIdSchema } from './sources.ts';
import { kept, openName } from './tolerance.ts';

/**
 * A run is one requested build. It becomes tasks in two stages; the second begins when the first is over:
 *
 *     gather: ingest (a stash-box or folder each) and enrich (a reference site each) side by side ─▶ publish
 *
 *     run:   queued ─▶ running ─▶ completed | failed | cancelled     (stopping while a stop is under way)
 *     task:  waiting ─▶ ready ─▶ leased ─▶ done | failed | skipped   (back to ready when a lease lapses)
 */
export const runStatuses = {
  queued: 'waits for the run before it',
  running: 'has work to do',
  stopping: 'was asked to stop; its runner finishes the performer in hand',
  completed: 'published a version',
  failed: 'published nothing',
  cancelled: 'was stopped',
} as const;
export type RunStatus = keyof typeof runStatuses;

/** A run in one of these never changes again. */
export const finalRunStatuses = ['completed', 'failed', 'cancelled'] as const satisfies RunStatus[];
export type FinalRunStatus = (typeof finalRunStatuses)[number];
/** At most one run is in one of these. */
export const activeRunStatuses = ['running', 'stopping'] as const satisfies RunStatus[];

export const taskStatuses = {
  waiting: 'waits for other tasks of its run',
  ready: 'can be leased',
  leased: 'a runner works on it',
  done: 'finished',
  failed: 'gave up, with a reason',
  skipped: 'was not needed or not possible, with a reason',
} as const;
export type TaskStatus = keyof typeof taskStatuses;
export const finalTaskStatuses = ['done', 'failed', 'skipped'] as const satisfies TaskStatus[];

export const taskKinds = ['ingest', 'enrich', 'publish'] as const;
export type TaskKind = (typeof taskKinds)[number];

const runStatus = openName<RunStatus>(['queued', 'running', 'stopping', 'completed', 'failed', 'cancelled']);
const taskStatus = openName<TaskStatus>(['waiting', 'ready', 'leased', 'done', 'failed', 'skipped']);
const taskKind = openName(taskKinds);

/** What a run was asked to do. */
export const runParamsSchema = kept({
  /** Sources to use; without it, those that the configuration enables. */
  sources: z.array(sourceIdSchema).min(1).max(MAX_SOURCES).optional(),
  /** Without faces only performers and their metadata are brought up to date. */
  enable_faces: z.boolean().default(true),
  /** Upper bound over each source's own `max_faces`. */
  max_faces_per_source: z.int().min(1).max(100).default(5),
  max_faces_total: z.int().min(1).max(500).default(12),
  reference_mode: z.enum(referenceModes).default('url'),
  /** Walks every source from its beginning instead of only asking for what changed. */
  full: z.boolean().default(false),
  /** Overrides the configuration's pack for this run. */
  model_pack: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*$/)
    .optional(),
});
/** As kept with the run: the sources are settled. */
export const settledRunParamsSchema = runParamsSchema.required({ sources: true, model_pack: true });
export type RunParams = z.output<typeof settledRunParamsSchema>;

export const startRunSchema = runParamsSchema.extend({
  /** Waits for its turn instead of being refused while a run is active. */
  queue: z.boolean().default(false),
  /** New for each run that is wanted. Asked again with the same, when the answer was lost, it is the same run. */
  request_id: safeName.optional(),
});

export const startedRunSchema = z.object({ status: z.literal(['started', 'queued']), run_id: z.int() });

/** How fast a task goes and when it ends; `is_guess` while too little is known. */
export const paceSchema = z.object({
  per_minute: z.number().nullable(),
  eta_s: z.number().nullable(),
  is_guess: z.boolean(),
});
export type Pace = z.infer<typeof paceSchema>;

export const taskViewSchema = z.object({
  id: z.string(),
  kind: taskKind,
  source: sourceIdSchema.nullable(),
  status: taskStatus,
  /** Why it has this status, and who brought it there. */
  reason: z.string().nullable(),
  actor: z.string().nullable(),
  attempts: count,
  runner: z.string().nullable(),
  started_at: time.nullable(),
  finished_at: time.nullable(),
  lease_expires_at: time.nullable(),
  progress: progressSchema,
  pace: paceSchema,
});
export type TaskView = z.infer<typeof taskViewSchema>;

export const runViewSchema = z.object({
  id: z.int(),
  status: runStatus,
  reason: z.string().nullable(),
  /** Who asked for the run, and who changed its status last. */
  requested_by: z.string(),
  actor: z.string().nullable(),
  created_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
  params: settledRunParamsSchema,
  config_revision: count,
  /** Sums over its tasks. */
  performers_processed: count,
  performers_total: count.nullable(),
  faces_added: count,
  errors: count,
  pace: paceSchema,
  /** Set when a version was published, with what that version holds. */
  version: z.string().nullable(),
  performers: count.nullable(),
  faces: count.nullable(),
});
export type RunView = z.infer<typeof runViewSchema>;

export const runDetailSchema = runViewSchema.extend({
  tasks: z.array(taskViewSchema),
  /** Against the completed run before it; null when there is none, or this one published nothing. */
  diff: z.object({ against: z.int(), performers_delta: z.int(), faces_delta: z.int() }).nullable(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

const sourceStatusSchema = z.object({
  status: taskStatus,
  performers_processed: count,
  performers_total: count.nullable(),
  faces_added: count,
  errors: count,
});

/** The plan's health check: counts only, so it needs no token. */
export const statusSchema = z.object({
  running: z.boolean(),
  run_id: z.int().nullable(),
  run_status: runStatus.nullable(),
  current_source: sourceIdSchema.nullable(),
  performers_processed: count,
  performers_total: count.nullable(),
  faces_added: count,
  errors: count,
  by_source: z.record(sourceIdSchema, sourceStatusSchema),
});
export type Status = z.infer<typeof statusSchema>;

export const stopRunSchema = z
  .object({
    reason: text(500).optional(),
    /** Without it, the active run; a run that still waits for its turn is cancelled at once. */
    run_id: z.int().positive().optional(),
  })
  .prefault({});
