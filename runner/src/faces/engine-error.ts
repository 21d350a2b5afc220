/**
 * `image_lost`: the thread that had the image died; the image may be tried again. `provider_unavailable` and
 * `self_test_failed`: this machine cannot run the pack as asked; do not start. `engine_failed`: threads keep dying; give up.
 * `engine_closed`: asked after `close`.
 */
export type EngineErrorCode =
  | 'image_lost'
  | 'provider_unavailable'
  | 'self_test_failed'
  | 'engine_failed'
  | 'engine_closed';

/** A failure of the engine rather than of an image. */
export class EngineError extends Error {
  override name = 'EngineError';
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Whether the same call may succeed when it is made again. */
  get retryable(): boolean {
    return this.code === 'image_lost';
  }
}
