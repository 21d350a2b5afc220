import { z } from 'zod';

/**
 * Every way in which a request can be refused, as RFC 9457 problem documents.
 *
 * `side` says who can do something about it: the caller (`yours`) or whoever runs the control plane (`ours`).
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
  /** Set for `invalid_request`: one entry per wrong field, named by its path. */
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

/** One wrong field per issue, named as in the input: `sources.stashdb.rate_limit`. */
export function fieldErrors(error: z.ZodError): { field: string; message: string }[] {
  return error.issues.flatMap((issue) => {
    const at = issue.path.map(String);
    const fields = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...at, key]) : [at];
    const message = issue.code === 'unrecognized_keys' ? 'is not a known field' : issue.message;
    return fields.map((path) => ({ field: path.join('.') || '(body)', message }));
  });
}

/** The same as one sentence, for logs and command lines. */
export function describeErrors(errors: readonly { field: string; message: string }[]): string {
  return errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
}
