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
