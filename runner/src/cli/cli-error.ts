import { ApiProblem, ApiUnreachable } from '@trainer/shared/client';
import { describeErrors } from '@trainer/shared/problems';
import { SettingsError } from '@trainer/shared/settings';
import { ApiMismatch } from '../control/api.ts';
import { messageOf } from '../logs/message-of.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

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

function refusal(problem: ApiProblem): CliError {
  if (problem.status === 401) {
    return new CliError('notAllowed', `${problem.message} Set CONTROL_PLANE_TOKEN to a valid token.`);
  }
  if (problem.status === 403) return new CliError('notAllowed', problem.message);
  const fields = problem.errors ? ` (${describeErrors(problem.errors)})` : '';
  return new CliError(
    problem.code === 'invalid_request' ? 'wrongInput' : 'refused',
    problem.message + fields,
  );
}
