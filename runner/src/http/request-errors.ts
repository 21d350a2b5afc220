/**
 * What went wrong with a source. The class is the decision: it says what the loop does next, and nothing else
 * looks at statuses or texts.
 */

interface Facts extends ErrorOptions {
  /** What the other side asked for through `Retry-After`, ms. */
  retryAfterMs?: number | null;
}

/** The same request may work in a moment. The fetcher tries again; what still leaves it has had its tries. */
export class Retryable extends Error {
  override name = 'Retryable';
  readonly retryAfterMs: number | null;

  constructor(message: string, { retryAfterMs = null, ...options }: Facts = {}) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The host asked for patience (429 or 503). As `Retryable`, and every other request to the source waits too. */
export class Throttled extends Retryable {
  override name = 'Throttled';
}

/** Asking again gives the same answer. The image or performer is counted with this reason, and the task goes on. */
export class NotRetryable extends Error {
  override name = 'NotRetryable';
}

/**
 * The source cannot or will not serve us: a key that is refused, a host that stays down. Its task fails with this
 * sentence; what was committed stays, and the next run goes on from there.
 */
export class SourceBlocked extends Error {
  override name = 'SourceBlocked';
}

/** The source does not take our key (401). That may be the key, or a database behind it that is down. */
export class KeyRefused extends SourceBlocked {
  override name = 'KeyRefused';
}

/** The source no longer yields what it did: nothing more is asked until somebody has looked at it. */
export class SourceChanged extends SourceBlocked {
  override name = 'SourceChanged';
}

/**
 * Turns whatever went wrong during a try into the class that says what to do. TLS faults stay the same however often one
 * asks; so do refusals of our own, which pass through with the address in front. Everything else may pass.
 */
export function explainFailure(error: unknown, url: URL, timedOutAfterMs: number | null): Error {
  if (error instanceof Retryable || error instanceof SourceBlocked) return error;
  const cause = { cause: error };
  if (timedOutAfterMs !== null) {
    return new Retryable(
      `${withoutQuery(url)} gave no whole answer within ${timedOutAfterMs / 1_000} s`,
      cause,
    );
  }
  const why = error instanceof Error ? error.message || error.name : String(error);
  if (error instanceof NotRetryable)
    return new NotRetryable(`${withoutQuery(url)} is not taken: ${why}`, cause);
  if (isTlsFault(error))
    return new SourceBlocked(`${withoutQuery(url)} has no valid certificate: ${why}`, cause);
  return new Retryable(`${withoutQuery(url)} cannot be reached: ${why}`, cause);
}

/** The address without query, fragment and user, where keys may stand. */
export function withoutQuery({ origin, pathname }: URL): string {
  return origin + pathname;
}

function isTlsFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_SSL_)/.test(code);
}
