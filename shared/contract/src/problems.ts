import { z } from 'zod';
import { visible } from './visible.ts';

/**
 * Every way in which a request can be refused, as RFC 9457 problem documents.
 *
 * `side` says who can fix it: the caller (`yours`) or the operator of the control plane (`ours`).
 */
export const problems = {
  invalid_request: { status: 400, side: 'yours', title: 'The request is not valid' },
  nothing_running: { status: 400, side: 'yours', title: 'No run is active' },
  unauthenticated: { status: 401, side: 'yours', title: 'A token or a session is needed' },
  forbidden: { status: 403, side: 'yours', title: 'The token does not allow this' },
  foreign_origin: { status: 403, side: 'yours', title: 'The request came from another site' },
  not_found: { status: 404, side: 'yours', title: 'There is no such thing' },
  run_active: { status: 409, side: 'yours', title: 'A run is active already' },
  lease_lost: { status: 409, side: 'yours', title: 'The lease is no longer yours' },
  impossible_report: { status: 409, side: 'yours', title: 'The report cannot be true' },
  version_exists: { status: 409, side: 'yours', title: 'The version exists already' },
  incomplete_upload: { status: 409, side: 'yours', title: 'Parts of the version are missing' },
  exclusions_changed: {
    status: 409,
    side: 'yours',
    title: 'There are exclusions that the version was made without',
  },
  protocol_mismatch: { status: 409, side: 'yours', title: 'The two programs speak different protocols' },
  review_closed: { status: 409, side: 'yours', title: 'The review is closed' },
  revision_changed: { status: 412, side: 'yours', title: 'The configuration has changed meanwhile' },
  too_large: { status: 413, side: 'yours', title: 'The body is too large' },
  unsupported_media: { status: 415, side: 'yours', title: 'The body has the wrong type' },
  range_not_satisfiable: { status: 416, side: 'yours', title: 'The range lies outside the file' },
  hash_mismatch: { status: 422, side: 'yours', title: 'The bytes do not have the stated hash' },
  revision_required: { status: 428, side: 'yours', title: 'If-Match is needed' },
  too_many_requests: { status: 429, side: 'yours', title: 'Too many failed attempts' },
  too_many_questions: { status: 429, side: 'yours', title: 'Too many questions wait already' },
  internal: { status: 500, side: 'ours', title: 'The control plane failed' },
  unavailable: { status: 503, side: 'ours', title: 'The control plane cannot answer now' },
} as const satisfies Record<string, { status: number; side: 'yours' | 'ours'; title: string }>;

export type ProblemCode = keyof typeof problems;

/** A problem document: `detail` says what was wrong, with which input, and what to do. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  /** Set for `invalid_request`: the first wrong fields, each named by its path; `detail` says how many more there are. */
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  request_id: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** Builds the document for `code`; `detail` must be fit for the caller's eyes. */
export function problemDocument(code: ProblemCode, detail: string, errors?: Problem['errors']): Problem {
  const { status, title } = problems[code];
  return {
    type: `urn:stash-sense-trainer:problem:${code}`,
    title,
    status,
    detail,
    code,
    ...(errors && { errors }),
  };
}

/** One wrong field, by its path in the input: `sources.stashdb.rate_limit`. */
export interface FieldError {
  field: string;
  message: string;
}

/** The first wrong fields, and how many more there are. */
export interface FieldErrors {
  errors: FieldError[];
  more: number;
}

/** So many wrong fields are named; the answer to a large wrong input stays small. */
const NAMED = 20;
/** A path or message that quotes the input is cut to this, characters. */
const FIELD_MAX_LENGTH = 200;
const MESSAGE_MAX_LENGTH = 500;

/** The wrong fields of an input, found in one walk over the issues. */
export function fieldErrors({ issues }: Pick<z.ZodError, 'issues'>): FieldErrors {
  return firstErrors(eachError(issues));
}

/** The first of many wrong fields; the others are only counted. */
export function firstErrors(found: Iterable<FieldError>): FieldErrors {
  const errors: FieldError[] = [];
  let more = 0;
  for (const { field, message } of found) {
    if (errors.length === NAMED) more += 1;
    else errors.push({ field: cut(field, FIELD_MAX_LENGTH), message: cut(message, MESSAGE_MAX_LENGTH) });
  }
  return { errors, more };
}

function* eachError(issues: z.ZodError['issues']): Generator<FieldError> {
  for (const issue of issues) {
    const at = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        yield { field: [...at, key].join('.'), message: 'is not a known field' };
      }
    } else {
      yield { field: at.join('.') || '(body)', message: issue.message };
    }
  }
}

function cut(text: string, maxLength: number): string {
  return visible(text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text);
}

/** Wrong fields as one sentence, for logs and command lines. */
export function describeErrors(errors: readonly FieldError[], more = 0): string {
  const named = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return more === 0 ? named : `${named}; and ${more} more`;
}

/** What is wrong with an input as one sentence. */
export function describeMistakes(error: Pick<z.ZodError, 'issues'>): string {
  const { errors, more } = fieldErrors(error);
  return describeErrors(errors, more);
}
