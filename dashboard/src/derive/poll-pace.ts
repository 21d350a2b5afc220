/** While a run is active, people watch numbers move. */
export const ACTIVE_MS = 1_000;
/** Otherwise only a run that somebody else starts can change anything. */
export const IDLE_MS = 5_000;
/** After a failure: often enough to come back by itself, rarely enough not to press a struggling server. */
export const FAILED_MS = 3_000;
/** Lists that change once in a while: versions, tokens, revisions. */
export const QUIET_MS = 15_000;
