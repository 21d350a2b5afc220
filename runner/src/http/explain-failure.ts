import { NotRetryable, Retryable, SourceBlocked } from './request-errors.ts';

/**
 * Turns whatever went wrong during a try into the class that says what to do. TLS faults stay the same however often one
 * asks; so do refusals of our own, which pass through with the address in front. Everything else may pass.
 */
export function explainFailure(error: unknown, url: URL, timedOutAfterMs: number | null): Error {
  if (error instanceof Retryable || error instanceof SourceBlocked) return error;
  const cause = { cause: error };
  if (timedOutAfterMs !== null) {
    return new Retryable(`${plain(url)} gave no whole answer within ${timedOutAfterMs / 1_000} s`, cause);
  }
  const why = error instanceof Error ? error.message || error.name : String(error);
  if (error instanceof NotRetryable) return new NotRetryable(`${plain(url)} is not taken: ${why}`, cause);
  if (isTlsFault(error)) return new SourceBlocked(`${plain(url)} has no valid certificate: ${why}`, cause);
  return new Retryable(`${plain(url)} cannot be reached: ${why}`, cause);
}

/** The address without query, fragment and user, where keys may stand. */
export function plain({ origin, pathname }: URL): string {
  return origin + pathname;
}

function isTlsFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_SSL_)/.test(code);
}
