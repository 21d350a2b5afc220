/** The demo cannot go on. The message is all that the person at the terminal needs to know. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}
