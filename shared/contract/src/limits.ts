/** Sizes and durations that both sides of the contract rely on. */
export const limits = {
  /** A lease request waits this long for work at most; proxies cut at 100 s, Workers see no gone caller. */
  longPollMaxMs: 25_000,
  /**
   * The first heartbeat is due this soon. A caller may be gone before its answer arrives, so the time must be bounded; and the
   * answer may wait for a busy processor, so it must suit the slowest machine that is supported: two cores of a Celeron J4125
   * or of a Raspberry Pi 4 with four other programs that compute all the time. A task waits this long when its caller is gone.
   */
  firstHeartbeatMs: 30_000,
  /** A lease lives this long after each heartbeat: on that machine a beat and its answer can take many seconds. */
  leaseTtlMs: 30_000,
  /** How often a runner is asked to beat: a stop must reach it within 2 s. */
  heartbeatMs: 1_000,
  /** A stop ends in bounded time even when the runner is gone. */
  stopGraceMs: 30_000,
  /**
   * A task whose lease lapsed this often in a row without any progress fails instead of going round for ever. Many, because a
   * runner that is killed while it still opens its models has made none either, and that is not the task's fault.
   */
  maxAttempts: 20,
  /**
   * A task fails when the leases that came to nothing in a row are this many, and the last one was handed back by a runner that
   * is unable to do it. Few, because the next try of the same release ends the same way; not one, because another runner on the
   * same catalog may be able.
   */
  maxUnable: 3,
  /** A runner that has not been heard of for this long is shown as offline. */
  runnerOnlineMs: 60_000,

  /** Between the occurrences of a schedule: no build is over sooner, and every source is asked anew each time. */
  scheduleIntervalMinMs: 15 * 60_000,
  /**
   * An occurrence that is handled later than this was missed. Long enough for an update of the control plane, and shorter than
   * the time to the next occurrence.
   */
  scheduleGraceMs: 10 * 60_000,

  /** Any JSON or YAML body. */
  jsonBodyMaxBytes: 1024 * 1024,
  /** A configuration as YAML, characters: twenty times the whole one with its comments, and parsed within a moment. */
  yamlMaxLength: 128 * 1024,
  /** Lists and objects within each other in a request; no schema comes near it. */
  nestingMax: 32,
  /**
   * Every part of an artifact but the last has exactly this size: R2 wants equal parts of at least 5 MiB, and a Worker of the
   * free plan, which hashes each, has 10 ms of CPU for it.
   */
  uploadPartBytes: 5 * 1024 * 1024,
  artifactMaxBytes: 16 * 1024 ** 3,
  artifactsPerVersion: 64,

  logLinesPerBatch: 500,
  logMessageMaxLength: 4_000,
  logFieldsMaxBytes: 8_000,
  /** A closed review is kept this long, for whoever wonders where it went; no longer, because it is about people. */
  closedReviewsKeptMs: 7 * 24 * 60 * 60 * 1_000,

  /** A question that no runner has answered by then has expired. */
  questionWaitsMs: 60_000,
  /** Whoever was handed a question and is silent for this long is taken for gone: the next runner gets it. */
  questionHandedAgainMs: 10_000,
  /** A question and its answer are forgotten this long after it was asked: they are personal data. */
  questionKeptMs: 10 * 60_000,
  /** Questions that wait at once. */
  questionsWaiting: 8,
  /** Of an answer as JSON, characters. */
  answerMaxLength: 400_000,

  /**
   * Idle streams are kept alive this often (Workers see a reader's leaving only at a write). The reader's token is looked at as
   * often, and its stream must end within 10 s of a revocation.
   */
  sseKeepAliveMs: 8_000,
} as const;
