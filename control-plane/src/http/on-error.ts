import { fullDisk } from '@trainer/shared/sqlite/full-disk';
import type { Context } from 'hono';
import type { Deps } from '../deps.ts';
import type { AppEnv } from './app-env.ts';
import { ProblemError, problemResponse } from './problem-error.ts';
import { withCauses } from './with-causes.ts';

/**
 * The one place that makes HTTP out of errors. What is not a refusal is our fault: the caller learns the request
 * id, the program log gets the rest.
 */
export function onError(deps: Pick<Deps, 'log'>, error: Error, context: Context<AppEnv>): Response {
  const requestId = context.get('requestId');
  if (error instanceof ProblemError) return problemResponse(error, requestId);
  deps.log('error', `${context.req.method} ${context.req.path} failed: ${withCauses(error)}`, {
    request_id: requestId,
    // Without its first lines: they repeat the message, which may quote the values of a statement.
    stack: error.stack?.slice(error.stack.indexOf('\n    at ')).trim() ?? null,
  });
  const full = fullDisk(error);
  if (full !== null) {
    const detail = `The control plane cannot store anything, because its disk is full: ${full}.`;
    return problemResponse(new ProblemError('unavailable', detail), requestId);
  }
  const detail = `Something went wrong inside the control plane. Its log says more under request ${requestId}.`;
  return problemResponse(new ProblemError('internal', detail), requestId);
}
