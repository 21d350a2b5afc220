/**
 * The only time limits of the test suite. A limit ends a test that hangs and never measures speed: it has room for a slow
 * machine that does other work beside the tests. What must be fast is a benchmark.
 */
export const hangLimits = {
  /** One wait for something that must happen: a line of output, a state, an answer. ms. */
  waitMs: 5 * 60_000,
  /** One test or hook, ms. It is longer than a wait, so that a failure says what was waited for. */
  testMs: 15 * 60_000,
} as const;
