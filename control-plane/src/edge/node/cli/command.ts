import { parseArgs } from 'node:util';
import { visibleLines } from '@trainer/contract/visible';

/** Where a command reads and writes; a test hands in its own. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  /** Results. */
  out: (text: string) => void;
  /** Errors. */
  err: (text: string) => void;
}

/** The same terminal, on which control characters from outside are seen and not obeyed. Line breaks stay. */
export function safely({ env, out, err }: Terminal): Terminal {
  return { env, out: (text) => out(visibleLines(text)), err: (text) => err(visibleLines(text)) };
}

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

/**
 * The one file that a command is about, and which of its switches are given.
 *
 * @throws {CliError} when there is no file, more than one, or something else that the command does not know
 */
export function parseFileArgument<S extends string>(
  args: readonly string[],
  switches: readonly S[] = [],
): { file: string; given: ReadonlySet<S> } {
  const options = Object.fromEntries(switches.map((name) => [name, { type: 'boolean' as const }]));
  const { positionals, values } = parse(args, options);
  const [file, ...more] = positionals;
  if (file === undefined) throw new CliError('wrongInput', 'Name the backup file.');
  if (more.length > 0) throw new CliError('wrongInput', `Name one file, not also ${more.join(' ')}.`);
  return { file, given: new Set(switches.filter((name) => values[name] === true)) };
}

function parse(args: readonly string[], options: Record<string, { type: 'boolean' }>) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new CliError('wrongInput', `${message.split('. ')[0]}.`, { cause: error });
  }
}
