import { ApiProblem, ApiUnreachable } from '@trainer/contract/client';
import { describeErrors } from '@trainer/contract/problems';
import { describeReleases } from '@trainer/contract/protocol';
import { SettingsError } from '@trainer/contract/settings';
import { version } from '@trainer/contract/version';
import { ApiMismatch } from '../control/api.ts';
import { crashExitCode } from '../crash/handle-crashes.ts';
import { messageOf } from '../logs/message-of.ts';

/** What the commands say to scripts. Printed by `runner --help`. */
export const exitCodes = {
  done: { code: 0, gloss: 'done' },
  failed: {
    code: 1,
    gloss: 'it was tried and failed: the run failed, the version is not sound, the runner is not well',
  },
  wrongInput: { code: 2, gloss: 'the arguments or the settings are wrong' },
  unreachable: { code: 3, gloss: 'the control plane does not answer' },
  notAllowed: { code: 4, gloss: 'there is no token, or it does not allow this' },
  refused: { code: 5, gloss: 'the control plane refused: there is a run already, no such thing, …' },
  crashed: {
    code: crashExitCode,
    gloss: 'a fault in this program itself ended it; its last line says which',
  },
} as const;
type ExitCode = keyof typeof exitCodes;

/** A command that cannot be carried out: one sentence that says what to do, and the exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: ExitCode;

  constructor(exit: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
  }
}

/** What to print and how to exit for whatever a command threw. */
export function explain(error: unknown): { message: string; code: number } {
  const { exit, message } = toCliError(error);
  return { message, code: exitCodes[exit].code };
}

function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof SettingsError) return new CliError('wrongInput', error.message);
  if (error instanceof ApiProblem) return refusal(error);
  if (error instanceof ApiMismatch) return new CliError('unreachable', error.message);
  if (error instanceof ApiUnreachable) {
    return new CliError(
      'unreachable',
      `${error.message}. Is the control plane running? CONTROL_PLANE_URL says where.`,
    );
  }
  return new CliError('failed', messageOf(error));
}

/** The wrong fields, where the sentence does not name them already. */
function missingFields({ message, errors = [] }: ApiProblem): string[] {
  const unnamed = errors.filter(({ field }) => !message.includes(field));
  return unnamed.length === 0 ? [] : [`(${describeErrors(unnamed)})`];
}

/** An older control plane does not say itself that the releases differ, and that is the likeliest reason for a refused field. */
function otherRelease({ code, message, answeredBy }: ApiProblem): string[] {
  if (code !== 'invalid_request') return [];
  const said = answeredBy
    ? describeReleases({ name: 'cli', version }, answeredBy.version)
    : `The command line is ${version}, and the control plane does not say its release: it is probably older.`;
  return said === '' || message.includes(said) ? [] : [said];
}

function refusal(problem: ApiProblem): CliError {
  if (problem.status === 401) {
    return new CliError('notAllowed', `${problem.message} Set CONTROL_PLANE_TOKEN to a valid token.`);
  }
  if (problem.status === 403) return new CliError('notAllowed', problem.message);
  return new CliError(
    problem.code === 'invalid_request' ? 'wrongInput' : 'refused',
    [problem.message, ...missingFields(problem), ...otherRelease(problem)].join(' '),
  );
}
