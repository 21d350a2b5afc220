import { DrizzleQueryError } from 'drizzle-orm';

/**
 * An error and what caused it, for the program's log. A failed statement appears without its values: they may be what
 * somebody wants to keep to themselves.
 */
export function withCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message =
    error instanceof DrizzleQueryError ? `the statement "${error.query}" failed` : error.message;
  return error.cause === undefined ? message : `${message}: ${withCauses(error.cause)}`;
}

/** What was the matter at the bottom of it. */
export function rootCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootCause(error.cause);
}
