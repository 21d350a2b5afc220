export const importErrorCodes = {
  not_a_release: 'what should be a release cannot be read as one',
  damaged: 'a file of the release is not the one that its manifest names',
  other_models: 'the vectors of the release were made with other models',
} as const;
export type ImportErrorCode = keyof typeof importErrorCodes;

/** A release that cannot be imported. Nothing of it was stored. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly code: ImportErrorCode;

  constructor(code: ImportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
