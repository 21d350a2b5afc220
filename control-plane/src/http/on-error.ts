import type { Context } from 'hono';
import type { AppEnv } from '../context/app-context.ts';
import type { Deps } from '../context/deps.ts';
import { storageFault } from '../db/storage-fault.ts';
import { ProblemError, problemResponse } from './problem-error.ts';
import { withCauses } from './with-causes.ts';

/** What proxies write into their logs for a caller that has hung up. */
const HUNG_UP = 499;

/**
 * The one place that makes HTTP out of errors. What is not a refusal is our fault: the caller learns the request
 * id, the program log gets the rest.
 */
export function onError(deps: Pick<Deps, 'log'>, error: Error, context: Context<AppEnv>): Response {
  const requestId = context.get('requestId');
  if (error instanceof ProblemError) return problemResponse(error, requestId);
  // Nobody waits for the answer, and nothing went wrong here.
  if (context.req.raw.signal.aborted || isCutOff(error)) return new Response(null, { status: HUNG_UP });
  deps.log('error', `${context.req.method} ${context.req.path} failed: ${withCauses(error)}`, {
    request_id: requestId,
    // Without its first lines: they repeat the message, which may quote the values of a statement.
    stack: error.stack?.slice(error.stack.indexOf('\n    at ')).trim() ?? null,
  });
  const fault = storageFault(error);
  if (fault !== null) return problemResponse(new ProblemError('unavailable', fault), requestId);
  const detail = `Something went wrong inside the control plane. Its log says more under request ${requestId}.`;
  return problemResponse(new ProblemError('internal', detail), requestId);
}

/** How Node's HTTP server ends the reading of a body whose caller has hung up; the request's signal may follow later. */
function isCutOff(error: Error): boolean {
  return 'code' in error && error.code === 'ECONNRESET' && error.message === 'aborted';
}
