import { z } from 'zod';
import { configSchema } from './config.ts';
import { limits } from './limits.ts';
import { count, safeName, text, time } from './primitives.ts';
import { progressSchema } from './progress.ts';
import { openQuestionSchema } from './questions.ts';
import { settledRunParamsSchema, taskKinds } from './runs.ts';
import { MAX_SOURCES, sourceDefinitionSchema, sourceIdSchema } from './sources.ts';
import { openName } from './tolerance.ts';

/**
 * The protocol between a runner and the control plane, message by message:
 *
 * 1. It asks for work (`POST /api/leases`) and waits up to 25 s. `lease: null` means: ask again, and with `again: true`
 *    at once, because there may be work. Only the newest poll of a runner may claim;
 *    older polls return empty.
 * 2. It gets a task, with a fencing number that grows with every grant of that task. The first heartbeat is due
 *    within `first_heartbeat_ms`, later ones every `heartbeat_ms`; each makes the lease live `ttl_ms` more. The first one is sent
 *    as soon as the lease has arrived, and the work begins once it was answered.
 * 3. Every heartbeat carries the progress so far and answers with what the run wants:
 *    `continue`, or `stop`: finish the current performer, then complete as `skipped`. Where heartbeats are far apart, the
 *    request for work that waits meanwhile is answered with `beat_now`.
 * 4. It ends the lease once: `complete` (done, failed or skipped, with a reason), or `release` when it shuts down
 *    before the task is over; the task is then ready for the next runner, or for this one after its restart. With `again_in_s` it
 *    is ready later: an enrich task waits like that for the performers of an ingest that is under way. A
 *    killed runner cannot release: its leases expire when it polls with a new `instance_id`.
 *
 * Beside a lease, or instead of one, an answer may contain a user's question (`questions.ts`). Questions belong to no task, so a
 * runner without a free slot keeps polling with `free_slots: 0`. With no free slot, only questions are returned.
 *
 * Every call carries the fencing number. An old one gets 409 `lease_lost` and changes nothing: the runner drops
 * the task without another call, because another runner holds it. Every call may be repeated.
 */

export const sourceAvailabilitySchema = z.object({
  id: sourceIdSchema,
  available: z.boolean(),
  /** Why not: "STASHDB_API_KEY is not set". */
  reason: text(300).nullable(),
  /** What a run would find there, where that can be told without a run: "12 performers, 340 photos". */
  note: text(300).nullish(),
});
export type SourceAvailability = z.infer<typeof sourceAvailabilitySchema>;

export const packAvailabilitySchema = z.object({
  id: z.string().max(64),
  title: text(100),
  /** Its files are here and have the right hashes. */
  ready: z.boolean(),
  reason: text(300).nullable(),
});

/** How often a supervisor had to start a runner again, and why the last time. */
export const restartsSchema = z.object({
  /** Since the supervisor itself was started. */
  count: z.int().positive(),
  last_at: time,
  /** "ended with exit code 70: Cannot read properties of undefined". */
  reason: text(500),
});
export type Restarts = z.infer<typeof restartsSchema>;

/** What a runner says about itself with each request for work. */
export const runnerSchema = z.object({
  /** Chosen once and kept in the runner's `DATA_DIR`. */
  runner_id: safeName,
  /**
   * New at each start. A restarted runner has lost the state of its tasks, so it gets them again at once instead of
   * waiting for its former leases to expire.
   */
  instance_id: safeName.optional(),
  name: text(100).min(1),
  version: text(40),
  /** Tasks of one run stay with one catalog, which several runners may share. */
  catalog_id: safeName,
  device: text(100),
  packs: z.array(packAvailabilitySchema).max(32),
  sources: z.array(sourceAvailabilitySchema).max(MAX_SOURCES),
  /** What its sources are. Absent from runners that do not say: theirs are those of some release. */
  definitions: z.array(sourceDefinitionSchema).max(MAX_SOURCES).optional(),
  free_slots: count,
  /** Tasks that it works at once. With it the free ones are known between two requests. Absent from old runners. */
  slots: count.optional(),
  /** Kinds of tasks that it works; others are not handed to it. Absent from runners that do not say: they get any. */
  kinds: z.array(z.string().max(64)).max(64).optional(),
  /** Absent from a runner that was not started again. */
  restarts: restartsSchema.optional(),
  /** Why it takes no work although it is online, for example a nearly full disk. Absent while it takes work. */
  paused: text(300).optional(),
});
export type Runner = z.infer<typeof runnerSchema>;

export const leaseRequestSchema = runnerSchema.extend({
  /** How long to wait for work, ms. */
  wait_ms: z.int().min(0).max(limits.longPollMaxMs).default(limits.longPollMaxMs),
});

export const leaseSchema = z.object({
  task_id: z.string(),
  run_id: z.int(),
  /**
   * When the run was asked for. With its number it names the run for good: a control plane that is set up anew counts from 1
   * again, and a catalog remembers runs of the former one. Absent from control planes that do not say.
   */
  run_created_at: time.optional(),
  kind: openName(taskKinds),
  source: sourceIdSchema.nullable(),
  fence: z.int().positive(),
  attempt: z.int().positive(),
  expires_at: time,
  first_heartbeat_ms: z.int(),
  heartbeat_ms: z.int(),
  ttl_ms: z.int(),
  /** How long log lines are gathered before they are sent, ms. Absent from control planes that do not say. */
  log_flush_ms: z.int().positive().optional(),
  /** Progress as last reported, so that counting goes on. */
  progress: progressSchema,
  /** The sequence number that the task's next log line must have. */
  next_log_seq: z.int().positive(),
  params: settledRunParamsSchema,
  config: configSchema,
  config_revision: count,
  requested_by: z.string(),
  /** The newest version, for the number and the parent of the next. */
  latest_version: z.string().nullable(),
  /**
   * Whether an ingest of the run was open when the lease was granted. An enrich task that is through by then releases its lease with
   * `again_in_s`, because more performers may come. Absent from control planes that begin enrich tasks after every ingest.
   */
  ingest_open: z.boolean().optional(),
});
export type Lease = z.output<typeof leaseSchema>;

export const leaseAnswerSchema = z.object({
  lease: leaseSchema.nullable(),
  /** Absent from control planes that know none. */
  question: openQuestionSchema.nullish(),
  /** Work may be available, but only a new request may claim it: the client of this one may have disconnected. */
  again: z.boolean().optional(),
  /** A run of this runner's leases was stopped: send their next heartbeats at once. */
  beat_now: z.boolean().optional(),
});

const fence = z.int().positive();

export const heartbeatSchema = z.object({ fence, progress: progressSchema.optional() });
export const heartbeatAnswerSchema = z.object({ want: openName(['continue', 'stop']), expires_at: time });
export type HeartbeatAnswer = z.infer<typeof heartbeatAnswerSchema>;

export const completionSchema = z.object({
  fence,
  outcome: z.enum(['done', 'failed', 'skipped']),
  /** Wanted unless the task is done. */
  reason: text(2_000).nullable().default(null),
  /** With `failed`: the source no longer yields the expected data, and an operator should check it. Absent from old runners. */
  paused: z.boolean().default(false),
  progress: progressSchema,
});
export type Completion = z.input<typeof completionSchema>;

export const releaseSchema = z.object({
  fence,
  reason: text(500),
  progress: progressSchema.optional(),
  /**
   * The task waits for performers of its run's ingests: hand it out again after this many seconds, or as soon as the last ingest
   * is over. Absent from a release for any other reason.
   */
  again_in_s: z.int().min(0).max(limits.againMaxS).optional(),
  /** This runner will never be able to do the task as it got it: it could not read it, or does not know its kind. */
  unable: z.boolean().default(false),
});

/** What is read of a lease that does not fit otherwise: enough to hand it back. */
export const leaseTicketSchema = z.object({
  lease: z.object({ task_id: z.string(), fence: z.int().positive() }),
});

export type LeaseTicket = z.output<typeof leaseTicketSchema>['lease'];

/** Why a runner gets no work: the two sides speak different protocols. */
export const refusedRunnerSchema = z.object({
  verdict: openName(['too_old', 'too_new']),
  /** The sentence that the runner got. */
  reason: z.string(),
});

/** A runner as it is kept: what it said, or why it was refused when it asked last. */
export const storedRunnerSchema = runnerSchema.extend({
  /** Set while its requests are refused because the protocols do not fit. */
  refused: refusedRunnerSchema.optional(),
});
export type StoredRunner = z.output<typeof storedRunnerSchema>;

/** A runner as the dashboard sees it. */
export const runnerViewSchema = storedRunnerSchema.extend({
  /** Slots without a lease. */
  free_slots: count,
  last_seen_at: time,
  online: z.boolean(),
  /** Task ids that it holds now. */
  leases: z.array(z.string()),
});
export type RunnerView = z.infer<typeof runnerViewSchema>;

/** A source as the build form shows it. */
export const sourceViewSchema = z.object({
  id: sourceIdSchema,
  title: z.string(),
  /** `unknown` without a definition. */
  kind: openName(['stash-box', 'reference-site', 'folder', 'stash', 'unknown']),
  modes: z.array(openName(['url', 'name'])),
  /** Where it lives, where that is no secret of the runner's. This and the next two are absent from older control planes. */
  address: z.string().nullable().default(null),
  /** Domain in the universal ids of its performers. */
  domain: z.string().nullable().default(null),
  /** Who wrote the definition in use: this or another release, an owner, or unknown. */
  origin: openName(['built-in', 'owner', 'unknown']).default('unknown'),
  enabled: z.boolean(),
  /** False, with the reason, when no online runner can serve it. */
  available: z.boolean(),
  reason: z.string().nullable(),
  /** What the runner would find there, where it can tell. Absent from older control planes, like the next two. */
  note: z.string().nullable().default(null),
  /** When a runner last announced it, for a source that none announces now. */
  not_served_since: time.nullable().default(null),
  /** Runners that define it differently, as a sentence. */
  conflict: z.string().nullable().default(null),
});
export type SourceView = z.infer<typeof sourceViewSchema>;

/** What the supervisor of `npm start` says in `SUPERVISED` of a program's former ends; undefined when it was not started again. */
export function parseRestarts(text: string | undefined): Restarts | undefined {
  const read = restartsSchema.safeParse(parseJson(text ?? ''));
  return read.success ? read.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
