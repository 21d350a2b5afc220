/** Poll interval while a run is active, ms. */
export const ACTIVE_MS = 1_000;
/** Poll interval without an active run, ms. */
export const IDLE_MS = 5_000;
/** Retry interval after a failure, ms; long enough not to overload a failing server. */
export const FAILED_MS = 3_000;
/** Poll interval of lists that rarely change (versions, tokens, revisions), ms. */
export const QUIET_MS = 15_000;
