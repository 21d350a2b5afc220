import { ApiProblem, ApiUnreachable } from '@trainer/shared/client';
import { ApiMismatch } from './api.ts';

/**
 * What to do about a failed call:
 *
 *     soon    it may pass by itself: again, with growing pauses
 *     slowly  a person has to do something first: say so, and look again now and then
 *     never   the control plane understood and refused: the caller decides
 */
export type RetryDecision = 'soon' | 'slowly' | 'never';

export function retryDecision(error: unknown): RetryDecision {
  // Nobody there, a dropped connection, a time-out, or a proxy's page instead of an answer.
  if (error instanceof ApiUnreachable) return error.status === 404 ? 'slowly' : 'soon';
  // An upgrade of the other side is under way, or has to come.
  if (error instanceof ApiMismatch) return 'slowly';
  if (!(error instanceof ApiProblem)) return 'never';
  // A wrong, revoked or expired token: it is not cured by asking faster.
  if (error.status === 401 || error.status === 403) return 'slowly';
  // Told to come back later.
  if (error.status === 429) return 'soon';
  // The control plane failed, not the request.
  return error.status >= 500 ? 'soon' : 'never';
}
