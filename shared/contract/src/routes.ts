import { z } from 'zod';
import { configRevisionSchema, configViewSchema, enteredConfigSchema } from './config.ts';
import { enforcedExclusionsSchema, exclusionSchema, newExclusionSchema } from './exclusions.ts';
import {
  changedHookSchema,
  createdHookSchema,
  deliverySchema,
  hookSchema,
  hookTestSchema,
  newHookSchema,
} from './hooks.ts';
import {
  completionSchema,
  heartbeatAnswerSchema,
  heartbeatSchema,
  leaseAnswerSchema,
  leaseRequestSchema,
  releaseSchema,
  runnerViewSchema,
  sourceViewSchema,
} from './leases.ts';
import { logBatchSchema, logQuerySchema, logReceiptSchema } from './logs.ts';
import { count, safeName, sha256 } from './primitives.ts';
import type { ProblemCode } from './problems.ts';
import { askSchema, explanationSchema, questionSchema } from './questions.ts';
import { decideSchema, receivedReportSchema, reviewQuerySchema, reviewSchema } from './reviews.ts';
import {
  runDetailSchema,
  runViewSchema,
  startedRunSchema,
  startRunSchema,
  statusSchema,
  stopRunSchema,
} from './runs.ts';
import { newScheduleSchema, occurrencesSchema, scheduleSchema, whenSchema } from './schedules.ts';
import {
  createdTokenSchema,
  newSessionSchema,
  newTokenSchema,
  type Scope,
  sessionSchema,
  tokenViewSchema,
} from './tokens.ts';
import { openName } from './tolerance.ts';
import {
  openUploadSchema,
  publishVersionSchema,
  uploadSchema,
  versionNumber,
  versionViewSchema,
} from './versions.ts';

/**
 * Every route of the control plane, once: its input and its output. docs/protocol.md says what may change. The server validates with this table,
 * the API description is made from it, and the client takes its types from it.
 */
export interface Route {
  summary: string;
  /** What a caller must hold; `public` wants nothing. */
  scope: Scope | 'public';
  params?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  /** A schema for JSON, or the media type of any other body. */
  body?: z.ZodType | 'application/yaml' | 'application/octet-stream';
  status?: 200 | 201 | 202 | 204;
  /** A schema for JSON, or the media type of any other answer; absent where nothing is answered. */
  response?: z.ZodType | 'application/yaml' | 'application/octet-stream' | 'text/event-stream' | 'text/plain';
  problems?: readonly ProblemCode[];
}

const runId = z.object({ id: z.coerce.number().int().positive() });
/** The run's number, and the id of a source or `publish`. */
const taskId = z.object({
  task: z.string().regex(/^\d+\.[a-z][a-z0-9-]{0,39}$/, 'expected a task id such as 12.stashdb'),
});
const questionId = z.object({ id: z.uuid() });
const limit = z.coerce.number().int().min(1).max(200);
const ifMatch = z.object({ 'if-match': z.string().optional() });
const version = z.object({ version: versionNumber });
const artifact = version.extend({ name: safeName });
const leaseProblems = ['not_found', 'lease_lost', 'impossible_report'] as const;

export const routes = {
  'GET /healthz': {
    summary: 'Whether the process answers',
    scope: 'public',
    response: z.object({ status: z.literal('ok') }),
  },
  'GET /readyz': {
    summary: 'Whether the database and the version store can be used, in words',
    scope: 'public',
    response: z.object({
      status: openName(['ready', 'not_ready']),
      checks: z.record(z.string(), z.string()),
      /** Conditions that need an operator, although the service works. */
      warnings: z.array(z.string()),
    }),
    problems: ['unavailable'],
  },
  'GET /metrics': {
    summary: 'Figures for a monitoring system, in Prometheus’ text format',
    scope: 'read',
    response: 'text/plain',
  },
  'GET /api/status': { summary: 'What is running, as counts', scope: 'public', response: statusSchema },
  'GET /api/openapi.json': { summary: 'This description', scope: 'public', response: z.looseObject({}) },

  'POST /api/session': {
    summary: 'Opens a dashboard session with a one-time code or a token',
    scope: 'public',
    body: newSessionSchema,
    response: sessionSchema,
    problems: ['unauthenticated', 'too_many_requests'],
  },
  'GET /api/session': { summary: 'Who is asking', scope: 'read', response: sessionSchema },
  'DELETE /api/session': { summary: 'Ends the session', scope: 'read', status: 204 },

  'GET /api/tokens': {
    summary: 'Every token, without its secret',
    scope: 'admin',
    response: z.array(tokenViewSchema),
  },
  'POST /api/tokens': {
    summary: 'Creates a token, which is shown once',
    scope: 'admin',
    body: newTokenSchema,
    status: 201,
    response: createdTokenSchema,
  },
  'DELETE /api/tokens/{id}': {
    summary: 'Revokes a token',
    scope: 'admin',
    params: runId,
    status: 204,
    problems: ['not_found'],
  },

  'GET /api/config': { summary: 'The whole configuration', scope: 'read', response: configViewSchema },
  'PUT /api/config': {
    summary: 'A new revision; what is left out takes its default',
    scope: 'admin',
    headers: ifMatch,
    body: enteredConfigSchema,
    response: configViewSchema,
    problems: ['revision_changed', 'revision_required'],
  },
  'GET /api/config.yaml': {
    summary: 'The configuration as YAML',
    scope: 'read',
    response: 'application/yaml',
  },
  'PUT /api/config.yaml': {
    summary: 'A new revision from YAML',
    scope: 'admin',
    headers: ifMatch,
    body: 'application/yaml',
    response: configViewSchema,
    problems: ['revision_changed', 'revision_required'],
  },
  'GET /api/config/revisions': {
    summary: 'Past revisions, newest first',
    scope: 'read',
    query: z.object({ limit: limit.default(50) }),
    response: z.array(configRevisionSchema),
  },
  'GET /api/config/revisions/{revision}': {
    summary: 'The configuration of a revision',
    scope: 'read',
    params: z.object({ revision: z.coerce.number().pipe(count) }),
    response: configViewSchema,
    problems: ['not_found'],
  },

  'POST /api/build/start': {
    summary: 'Requests a run',
    scope: 'trigger',
    body: startRunSchema,
    response: startedRunSchema,
    problems: ['run_active'],
  },
  'POST /api/build/stop': {
    summary: 'Stops the active run after the performers in hand, or cancels a queued one',
    scope: 'trigger',
    body: stopRunSchema,
    response: z.object({ status: z.literal('stopping') }),
    problems: ['nothing_running'],
  },
  'GET /api/runs': {
    summary: 'Runs, newest first',
    scope: 'read',
    query: z.object({ limit: limit.default(20) }),
    response: z.array(runViewSchema),
  },
  'GET /api/runs/{id}': {
    summary: 'One run with its tasks',
    scope: 'read',
    params: runId,
    response: runDetailSchema,
    problems: ['not_found'],
  },
  'GET /api/schedules': {
    summary: 'Schedules, oldest first',
    scope: 'read',
    response: z.array(scheduleSchema),
  },
  'GET /api/schedules/preview': {
    summary: 'When a cron expression would occur next',
    scope: 'read',
    query: whenSchema,
    response: occurrencesSchema,
  },
  'POST /api/schedules': {
    summary: 'Adds a schedule that requests runs',
    scope: 'admin',
    body: newScheduleSchema,
    status: 201,
    response: scheduleSchema,
  },
  'PUT /api/schedules/{id}': {
    summary: 'Replaces a schedule; what is left out takes its default',
    scope: 'admin',
    params: runId,
    body: newScheduleSchema,
    response: scheduleSchema,
    problems: ['not_found'],
  },
  'DELETE /api/schedules/{id}': {
    summary: 'Removes a schedule; its runs stay',
    scope: 'admin',
    params: runId,
    status: 204,
    problems: ['not_found'],
  },
  'GET /api/sources': {
    summary: 'Every source, and whether a runner can serve it now',
    scope: 'read',
    response: z.array(sourceViewSchema),
  },
  'GET /api/runners': {
    summary: 'Runners, last seen first',
    scope: 'read',
    response: z.array(runnerViewSchema),
  },

  'POST /api/leases': {
    summary: 'Waits for a task',
    scope: 'runner',
    body: leaseRequestSchema,
    response: leaseAnswerSchema,
  },
  'POST /api/leases/{task}/heartbeat': {
    summary: 'Extends the lease, reports progress, returns whether to continue',
    scope: 'runner',
    params: taskId,
    body: heartbeatSchema,
    response: heartbeatAnswerSchema,
    problems: leaseProblems,
  },
  'POST /api/leases/{task}/logs': {
    summary: 'Adds log lines',
    scope: 'runner',
    params: taskId,
    body: logBatchSchema,
    response: logReceiptSchema,
    problems: leaseProblems,
  },
  'POST /api/leases/{task}/complete': {
    summary: 'Ends the task',
    scope: 'runner',
    params: taskId,
    body: completionSchema,
    status: 204,
    problems: leaseProblems,
  },
  'POST /api/leases/{task}/release': {
    summary: 'Releases the unfinished task',
    scope: 'runner',
    params: taskId,
    body: releaseSchema,
    status: 204,
    problems: leaseProblems,
  },
  'POST /api/leases/{task}/version': {
    summary: 'Opens or resumes the upload of the task’s version',
    scope: 'runner',
    params: taskId,
    body: openUploadSchema,
    response: uploadSchema,
    problems: [...leaseProblems, 'version_exists'],
  },
  'PUT /api/leases/{task}/version/artifacts/{name}/parts/{number}': {
    summary: 'Uploads one part of an artifact',
    scope: 'runner',
    params: taskId.extend({ name: safeName, number: z.coerce.number().int().positive() }),
    query: z.object({ fence: z.coerce.number().int().positive() }),
    headers: z.object({ 'x-content-sha256': sha256 }),
    body: 'application/octet-stream',
    status: 204,
    problems: [...leaseProblems, 'hash_mismatch', 'too_large', 'unavailable'],
  },
  'POST /api/leases/{task}/version/publish': {
    summary: 'Verifies every artifact and makes the version visible',
    scope: 'runner',
    params: taskId,
    body: publishVersionSchema,
    response: versionViewSchema,
    problems: [
      ...leaseProblems,
      'incomplete_upload',
      'hash_mismatch',
      'version_exists',
      'exclusions_changed',
      'unavailable',
    ],
  },
  'PUT /api/leases/{task}/exclusions': {
    summary: 'Reports which exclusions the task’s version enforces, and what was removed for them',
    scope: 'runner',
    params: taskId,
    body: enforcedExclusionsSchema,
    status: 204,
    problems: leaseProblems,
  },

  'PUT /api/leases/{task}/reviews': {
    summary: 'Reports reviews for people to decide, and the applied decisions',
    scope: 'runner',
    params: taskId,
    body: receivedReportSchema,
    status: 204,
    problems: leaseProblems,
  },

  'GET /api/reviews': {
    summary: 'Reviews of one status, newest first',
    scope: 'read',
    query: reviewQuerySchema,
    response: z.array(reviewSchema),
  },
  'PUT /api/reviews/{id}/decision': {
    summary: 'Decides a review; the next run applies the decision',
    scope: 'admin',
    params: runId,
    body: decideSchema,
    response: reviewSchema,
    problems: ['not_found', 'review_closed'],
  },
  'DELETE /api/reviews/{id}/decision': {
    summary: 'Undoes a decision; the next run undoes it in the catalog',
    scope: 'admin',
    params: runId,
    response: reviewSchema,
    problems: ['not_found'],
  },

  'POST /api/questions': {
    summary: 'Asks a runner why a performer is in its catalog, or why not',
    scope: 'read',
    body: askSchema,
    status: 201,
    response: questionSchema,
    problems: ['too_many_questions'],
  },
  'GET /api/questions/{id}': {
    summary: 'The question with its answer, if any; deleted after minutes',
    scope: 'read',
    params: questionId,
    response: questionSchema,
    problems: ['not_found'],
  },
  'PUT /api/questions/{id}/answer': {
    summary: 'Answers a question that came with a lease request; the first answer counts',
    scope: 'runner',
    params: questionId,
    body: explanationSchema,
    status: 204,
    problems: ['not_found'],
  },

  'GET /api/exclusions': {
    summary: 'Every exclusion, newest first, retracted ones included',
    scope: 'runner',
    response: z.array(exclusionSchema),
  },
  'POST /api/exclusions': {
    summary: 'Excludes a person from every new version; a repetition returns the existing exclusion',
    scope: 'admin',
    body: newExclusionSchema,
    status: 201,
    response: exclusionSchema,
  },
  'DELETE /api/exclusions/{id}': {
    summary: 'Retracts an exclusion; its record stays',
    scope: 'admin',
    params: runId,
    status: 204,
    problems: ['not_found'],
  },

  'GET /api/hooks': {
    summary: 'Every hook, without its address and secret',
    scope: 'admin',
    response: z.array(hookSchema),
  },
  'POST /api/hooks': {
    summary: 'Creates a hook; a generated signing secret is shown once',
    scope: 'admin',
    body: newHookSchema,
    status: 201,
    response: createdHookSchema,
  },
  'PUT /api/hooks/{id}': {
    summary: 'Changes a hook; an address or secret that is left out stays',
    scope: 'admin',
    params: runId,
    body: changedHookSchema,
    response: hookSchema,
    problems: ['not_found'],
  },
  'DELETE /api/hooks/{id}': {
    summary: 'Removes a hook and its deliveries',
    scope: 'admin',
    params: runId,
    status: 204,
    problems: ['not_found'],
  },
  'POST /api/hooks/{id}/test': {
    summary: 'Sends a test message now, and answers with what the receiver said',
    scope: 'admin',
    params: runId,
    response: hookTestSchema,
    problems: ['not_found'],
  },
  'GET /api/hooks/{id}/deliveries': {
    summary: 'Deliveries of a hook, newest first',
    scope: 'admin',
    params: runId,
    query: z.object({ limit: limit.default(20) }),
    response: z.array(deliverySchema),
    problems: ['not_found'],
  },

  'GET /api/versions': {
    summary: 'Versions, newest first',
    scope: 'read',
    response: z.array(versionViewSchema),
  },
  'GET /api/versions/{version}': {
    summary: 'One version',
    scope: 'read',
    params: version,
    response: versionViewSchema,
    problems: ['not_found'],
  },
  'DELETE /api/versions/{version}': {
    summary: 'Removes a version permanently',
    scope: 'admin',
    params: version,
    status: 204,
    problems: ['not_found'],
  },
  'GET /api/versions/{version}/artifacts/{name}': {
    summary: 'An artifact’s bytes; Range and If-None-Match work',
    scope: 'read',
    params: artifact,
    response: 'application/octet-stream',
    problems: ['not_found', 'range_not_satisfiable'],
  },

  'GET /api/logs': {
    summary: 'The live log; Last-Event-ID resumes without a gap',
    scope: 'read',
    query: logQuerySchema,
    headers: z.object({ 'last-event-id': z.string().regex(/^\d+$/).optional() }),
    response: 'text/event-stream',
  },
} as const satisfies Record<`${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`, Route>;

export type Routes = typeof routes;
export type RouteKey = keyof Routes;

/** A body that is sent as it is. */
export type RawBody = string | Uint8Array<ArrayBuffer> | ArrayBuffer | Blob;

type Part<K extends RouteKey, P extends string> =
  Routes[K] extends Record<P, infer S>
    ? S extends z.ZodType
      ? z.input<S>
      : P extends 'body'
        ? RawBody
        : never
    : undefined;

/** What a caller of the route hands over. */
export type RequestOf<K extends RouteKey> = {
  [P in 'params' | 'query' | 'headers' | 'body' as Part<K, P> extends undefined ? never : P]: Part<K, P>;
};

/** What it gets back: parsed JSON, the raw response of streams and files, or nothing. */
export type ResponseOf<K extends RouteKey> = Routes[K] extends { response: infer S }
  ? S extends z.ZodType
    ? z.output<S>
    : Response
  : undefined;

/** Looks a route up with its precise type widened away. */
export function routeOf(key: RouteKey): Route {
  return routes[key];
}
