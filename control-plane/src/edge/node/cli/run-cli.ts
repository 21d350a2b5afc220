import { SettingsError } from '@trainer/contract/settings';
import { version } from '@trainer/contract/version';
import { withCauses } from '../../../http/with-causes.ts';
import { createLoginLink } from '../../../tokens/open-session.ts';
import { buildDeps } from '../build-deps.ts';
import { dashboardUrl, readNodeSettings } from '../settings.ts';
import { backup } from './backup.ts';
import { CliError, type ExitCode, exitCodes, safely, type Terminal } from './command.ts';
import { restore } from './restore.ts';

const commands: Record<string, (args: readonly string[], terminal: Terminal) => Promise<void>> = {
  backup,
  restore,
  'login-link': loginLink,
};

/** Carries one command line out and resolves with the exit code (`cli-error.ts`). Never throws. */
export async function runCli([name, ...args]: readonly string[], bare: Terminal): Promise<number> {
  const terminal = safely(bare);
  if ([name, ...args].some((each) => each === '--help' || each === '-h' || each === 'help')) {
    terminal.out(help);
    return exitCodes.done.code;
  }
  if (name === '--version') {
    terminal.out(`${version}\n`);
    return exitCodes.done.code;
  }
  try {
    const command = Object.hasOwn(commands, name ?? '') ? commands[name ?? ''] : undefined;
    if (!command)
      throw new CliError('wrongInput', name ? `There is no command "${name}".` : 'Name a command.');
    await command(args, terminal);
    return exitCodes.done.code;
  } catch (error) {
    const { exit, message } = explain(error, name);
    const hint = exit === 'wrongInput' ? '\n(--help says what can be said here)' : '';
    terminal.err(`${message}${hint}\n`);
    return exitCodes[exit].code;
  }
}

function explain(error: unknown, name: string | undefined): { exit: ExitCode; message: string } {
  if (error instanceof CliError) return error;
  if (error instanceof SettingsError) return { exit: 'wrongInput', message: error.message };
  return { exit: 'failed', message: `${name} failed: ${withCauses(error)}` };
}

const help = `Usage: npm run control-plane -- COMMAND

  backup FILE                 writes everything but secrets into one file; the control plane may be running
  restore FILE [--replace]    makes the database what the file says; stop the control plane first. Without
                              --replace only into a database that holds nothing yet
  --version                   prints the release
  login-link                  prints a fresh one-time link for an owner who has lost the way in

The database is the one that the control plane uses: DATA_DIR (./data), or LIBSQL_URL with LIBSQL_AUTH_TOKEN.
The files of versions are no part of a backup: copy DATA_DIR/versions, or the bucket, beside it.

Exit codes:
${Object.values(exitCodes)
  .map(({ code, gloss }) => `  ${code}  ${gloss}`)
  .join('\n')}
`;

/** Prints a fresh one-time link for an owner who has lost the way in. The control plane may be running. */
async function loginLink(_: readonly string[], { env, out }: Terminal): Promise<void> {
  const settings = readNodeSettings(env);
  const deps = await buildDeps(settings, new AbortController().signal);
  out(`${await createLoginLink(deps, dashboardUrl(settings, settings.PORT))}\n`);
  deps.db.$client.close();
}
