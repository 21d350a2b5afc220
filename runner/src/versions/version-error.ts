export const versionErrorCodes = {
  no_faces: 'the catalog holds nothing that a version could be made of',
  broken_vector: 'a face of the catalog has a vector that is no direction',
  not_sound: 'the version was built and does not hold together',
  not_readable: 'what should be a version cannot be read as one',
} as const;
export type VersionErrorCode = keyof typeof versionErrorCodes;

export class VersionError extends Error {
  override readonly name = 'VersionError';
  readonly code: VersionErrorCode;

  constructor(code: VersionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
