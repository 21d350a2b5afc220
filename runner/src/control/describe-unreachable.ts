import type { ApiUnreachable } from '@trainer/contract/client';
import { messageOf } from '../logs/message-of.ts';
import type { RetryDecision } from './retry-decision.ts';

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
