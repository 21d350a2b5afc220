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

/** What Cloudflare's numbers mean (developers.cloudflare.com/workers/observability/errors), and what to do. */
const cloudflareErrors: Record<number, string> = {
  1015: 'a rate limit of its zone lets no more requests through',
  1027: 'its plan has no requests left today; they begin anew at 00:00 UTC',
  1101: 'the Worker failed; its log says why: npx wrangler tail',
  1102: 'the Worker needed more computing time than its plan has',
};

const whatToDo: Record<number, string> = {
  401: 'Let the runner past the login that stands in front of the control plane',
  403: 'Let the runner past the challenge or rule that stands in front of the control plane',
  404: 'Check CONTROL_PLANE_URL',
  413: 'Let the proxy in between pass bodies of 9 MiB',
};

/** One sentence for people about an answer that did not come from the control plane, or did not come at all. */
export function describeUnreachable(error: ApiUnreachable, decision: RetryDecision): string {
  const { status, cloudflareError } = error;
  const why = cloudflareError === null ? reasonOf(error.cause) : explainCloudflare(cloudflareError);
  const what = why ? `${error.message}: ${why}` : error.message;
  if (decision === 'soon') return `The control plane cannot be used now, trying again: ${what}`;
  if (status !== null && status < 400) return `${what}. Set CONTROL_PLANE_URL to where the control plane is`;
  const advice = cloudflareError === null ? whatToDo[status ?? 0] : undefined;
  return `The control plane cannot be reached, trying again now and then: ${what}${advice ? `. ${advice}` : ''}`;
}

function explainCloudflare(number: number): string {
  const meaning = cloudflareErrors[number];
  return `Cloudflare says ${number}${meaning ? `, ${meaning}` : ''}`;
}

/** "getaddrinfo ENOTFOUND trainer.example": what lies under the platform's "fetch failed". */
function reasonOf(cause: unknown): string {
  // A name with several addresses fails once for each.
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  if (!(cause instanceof Error)) return '';
  return cause.cause === undefined ? messageOf(cause) : reasonOf(cause.cause);
}
