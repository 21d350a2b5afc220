import {
  describeErrors,
  type FieldErrors,
  type Problem,
  type ProblemCode,
  problemDocument,
  problems,
} from '@trainer/contract/problems';

/**
 * A refusal on its way to the caller: throw it anywhere, `http/on-error.ts` answers with it. `message` becomes
 * the problem's `detail`, so it says what was wrong, with which input, and what to do.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly errors: Problem['errors'];
  readonly headers: Record<string, string>;

  constructor(
    code: ProblemCode,
    detail: string,
    more: { errors?: Problem['errors']; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(detail, { cause: more.cause });
    this.code = code;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

/** The refusal of an input that is wrong in these fields. */
export function invalidRequest({ errors, more }: FieldErrors): ProblemError {
  return new ProblemError('invalid_request', `${describeErrors(errors, more)}.`, { errors });
}

/** The response for a refusal. */
export function problemResponse(error: ProblemError, requestId: string): Response {
  const document = {
    ...problemDocument(error.code, error.message, error.errors),
    request_id: requestId,
  };
  return new Response(JSON.stringify(document), {
    status: problems[error.code].status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...error.headers },
  });
}
