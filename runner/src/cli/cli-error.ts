import { ApiProblem, ApiUnreachable } from '@trainer/contract/client';
import { describeErrors } from '@trainer/contract/problems';
import { describeReleases } from '@trainer/contract/protocol';
import { SettingsError } from '@trainer/contract/settings';
import { version } from '@trainer/contract/version';
import { ApiMismatch } from '../control/api.ts';
import { type ExitCode, exitCodes } from '../crash/exit-codes.ts';
import { messageOf } from '../logs/message-of.ts';

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
