/**
 * `image_lost`: the thread that had the image died; the image may be tried again. `provider_unavailable` and
 * `self_test_failed`: this machine cannot run the pack as asked; do not start. `engine_failed`: threads keep dying; give up.
 * `engine_closed`: asked after `close`.
 */
type EngineErrorCode =
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

/**
 * `empty_file`, `not_an_image`, `unsupported_format`: the content is no picture we take. `too_many_pixels`: over the limit,
 * refused from its header. `damaged_image`: a picture, but not whole.
 */
export type ImageErrorCode =
  | 'empty_file'
  | 'not_an_image'
  | 'unsupported_format'
  | 'too_many_pixels'
  | 'damaged_image';

/** An image that cannot be decoded. Trying again with the same bytes gives the same error: skip the image and count it. */
export class ImageError extends Error {
  override name = 'ImageError';
  readonly code: ImageErrorCode;

  constructor(code: ImageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
