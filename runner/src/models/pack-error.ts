/**
 * `unknown_pack`: no such id. `missing_files`: pull the pack. `wrong_hash`: the file on disk or from the network is not the
 * pinned one; nothing of it is used. `download_failed`: the network or the other side, worth another try later.
 */
export type PackErrorCode = 'unknown_pack' | 'missing_files' | 'wrong_hash' | 'download_failed';

/** A model pack that cannot be used; the message says which file and what to do. */
export class PackError extends Error {
  override name = 'PackError';
  readonly code: PackErrorCode;

  constructor(code: PackErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
