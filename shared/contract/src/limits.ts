/** Sizes and durations that both sides of the contract rely on. */
export const limits = {
  /** The longest wait of a lease request. Proxies end requests at 100 s, and Workers cannot detect a disconnected client. */
  longPollMaxMs: 25_000,
  /**
   * The first heartbeat is due this soon. A client may disconnect before its answer arrives, and the task is blocked until then, so
   * the time is bounded. The answer may be delayed by a busy processor, so it suits the slowest supported machine: two cores of a
   * Celeron J4125 or of a Raspberry Pi 4 beside four other programs under full load.
   */
  firstHeartbeatMs: 30_000,
  /** A lease expires this long after its last heartbeat: on that machine a heartbeat and its answer can take many seconds. */
  leaseTtlMs: 30_000,
  /** The interval of heartbeats: a stop must reach a runner within 2 s. */
  heartbeatMs: 1_000,
  /** A stop ends within this time even when the runner does not respond. */
  stopGraceMs: 30_000,
  /**
   * A task fails after this many leases in a row that expired without progress, instead of being retried forever. The number is high,
   * because a runner that is killed while it loads its models makes no progress either, and the task is not the cause.
   */
  maxAttempts: 20,
  /**
   * A task fails after this many leases in a row without a result, if the last one was released by a runner that is unable to do the
   * task. The number is low, because the next attempt of the same release fails the same way, and more than one, because another
   * runner on the same catalog may be able to do it.
   */
  maxUnable: 3,
  /** The longest time that a task may ask to be handed out again after, s. */
  againMaxS: 3_600,
  /** A runner without a request for this long is shown as offline. */
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
  /** A closed review is kept this long for reference, and no longer, because it is personal data. */
  closedReviewsKeptMs: 7 * 24 * 60 * 60 * 1_000,

  /** A question that no runner has answered by then has expired. */
  questionWaitsMs: 60_000,
  /** A question that a runner has not answered for this long is handed to the next runner. */
  questionHandedAgainMs: 10_000,
  /** A question and its answer are deleted this long after it was asked: they are personal data. */
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
