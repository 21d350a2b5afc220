import { parseArgs } from 'node:util';
import { CliError } from './cli-error.ts';

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
