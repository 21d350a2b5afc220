/** A definition file that cannot be used; the message names the file, and every wrong field with its line. */
export class DefinitionError extends Error {
  override name = 'DefinitionError';
}
