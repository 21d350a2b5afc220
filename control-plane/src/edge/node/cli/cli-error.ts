/** What the commands say to scripts. Printed by `control-plane --help`. */
export const exitCodes = {
  done: { code: 0, gloss: 'done' },
  failed: { code: 1, gloss: 'it was tried and failed' },
  wrongInput: { code: 2, gloss: 'the arguments or the settings are wrong' },
  refused: {
    code: 3,
    gloss: 'nothing was changed: there is something already, it is in use, the file is no backup, …',
  },
} as const;
export type ExitCode = keyof typeof exitCodes;

/** A command that cannot be carried out: what is the matter and what to do, and the exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: ExitCode;

  constructor(exit: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
  }
}
