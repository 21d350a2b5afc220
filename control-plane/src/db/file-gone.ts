/** A file or folder that this process uses is not the one at its path any more. */
export class FileGone extends Error {
  override readonly name = 'FileGone';
}
