import { ApiProblem, ApiUnreachable } from '@trainer/contract/client';
import { messageOf } from '../logs/message-of.ts';
import { ApiMismatch } from './api.ts';

/**
 * What to do about a failed call:
 *
 *     soon    it may pass by itself: again, with growing pauses
 *     slowly  a person has to do something first: say so, and look again now and then
 *     seldom  a person has to upgrade one of the two programs: say so, and look again every few minutes
 *     never   the control plane understood and refused: the caller decides
 */
export type RetryDecision = 'soon' | 'slowly' | 'seldom' | 'never';

export function retryDecision(error: unknown): RetryDecision {
  if (error instanceof ApiUnreachable) return isForPeople(error.status) ? 'slowly' : 'soon';
  // An upgrade of the other side is under way, or has to come.
  if (error instanceof ApiMismatch) return 'slowly';
  if (!(error instanceof ApiProblem)) return 'never';
  if (error.code === 'protocol_mismatch') return 'seldom';
  // A wrong, revoked or expired token: it is not cured by asking faster.
  if (error.status === 401 || error.status === 403) return 'slowly';
  // Told to come back later.
  if (error.status === 429) return 'soon';
  // The control plane failed, not the request.
  return error.status >= 500 ? 'soon' : 'never';
}

/** Failures of one kind are the same trouble, however they are worded: an attempt's words may hold an id of its own. */
export function failureKind(error: unknown): string {
  if (error instanceof ApiProblem) return error.code;
  if (error instanceof ApiUnreachable) return `${error.status} ${error.cloudflareError}`;
  return messageOf(error);
}

/**
 * Nobody there, a dropped connection, a time-out or a gateway's page pass by themselves. A wrong address, a redirect, a challenge, a
 * body that is too large for a proxy or a day's requests that are used up do not.
 */
function isForPeople(status: number | null): boolean {
  return status !== null && status >= 300 && status < 500 && status !== 408 && status !== 425;
}
