import type { HookKind, HookMessage } from '@trainer/contract/hooks';
import { parseHttpDate } from '@trainer/contract/http-date';
import type { Deps } from '../context/deps.ts';
import { SealBroken } from '../secrets/vault.ts';
import { describeAnswer, describeFailure, readExcerpt, redact } from './describe-answer.ts';
import { type Outgoing, type Target, toDiscord, toGotify, toNtfy, toWebhook } from './receivers.ts';
import type { HookRow } from './store.ts';

export type SendNeed = Pick<Deps, 'clock' | 'vault' | 'fetch' | 'closing'>;

/** The outcome of sending a message. It contains no secret. */
export interface Sent {
  ok: boolean;
  /** The answer's status; null when there was none. */
  status: number | null;
  /** What happened, in words. */
  said: string;
  /** The beginning of the answer's body. It is the receiver's text and must not be stored. */
  excerpt: string;
  /** From the header `Retry-After`, ms. */
  retryAfterMs: number | null;
}

/** Timeout of a request, its body included. */
const ANSWER_MS = 10_000;
/** During a shutdown a pending request gets this long. */
const CLOSING_MS = 3_000;

const requestOf: Record<HookKind, (target: Target, message: HookMessage, now: number) => Outgoing> = {
  webhook: toWebhook,
  discord: toDiscord,
  ntfy: toNtfy,
  gotify: toGotify,
};

/** Sends a message to a hook, once. A failure is returned, not thrown. */
export async function sendMessage(need: SendNeed, hook: HookRow, message: HookMessage): Promise<Sent> {
  const target = await openTarget(need, hook);
  if (!target)
    return failed('the address cannot be opened with this SECRET_KEY: enter it again, with its secret');
  try {
    const outgoing = requestOf[hook.kind](target, message, need.clock.now());
    return await withinLimits(need, (signal) => exchange(need, outgoing, target, signal));
  } catch (error) {
    return failed(redact(describeFailure(error, new URL(target.address).host), target));
  }
}

/** Null when it was sealed with another key. */
async function openTarget({ vault }: SendNeed, { address, secret }: HookRow): Promise<Target | null> {
  try {
    return {
      address: await vault.open(address),
      secret: secret === null ? null : await vault.open(secret),
    };
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

async function exchange(
  { fetch, clock }: SendNeed,
  { url, headers, body }: Outgoing,
  target: Target,
  signal: AbortSignal,
): Promise<Sent> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'stash-sense-trainer', ...headers },
    body,
    redirect: 'manual',
    signal,
  });
  return {
    ok: response.ok,
    status: response.status,
    said: describeAnswer(response.status, new URL(url).host),
    excerpt: redact(await readExcerpt(response), target),
    retryAfterMs: retryAfterMs(response.headers.get('retry-after'), clock.now()),
  };
}

/** Aborts the work after the timeout or at a shutdown. Uses the injected clock, not a platform timer. */
async function withinLimits<T>(
  { clock, closing }: SendNeed,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const limit = new AbortController();
  const watch = async () => {
    await clock.sleep(ANSWER_MS, AbortSignal.any([over.signal, closing]));
    if (closing.aborted) await clock.sleep(CLOSING_MS, over.signal);
    const why = closing.aborted
      ? 'the control plane shut down'
      : `it took longer than ${ANSWER_MS / 1_000} s`;
    if (!over.signal.aborted) limit.abort(new Error(why));
  };
  void watch();
  try {
    return await work(limit.signal);
  } finally {
    over.abort();
  }
}

function failed(said: string): Sent {
  return { ok: false, status: null, said, excerpt: '', retryAfterMs: null };
}

/** The longest accepted `Retry-After`, ms: a message of the day before is of no use. */
const MAX_MS = 24 * 60 * 60 * 1_000;

/** What `Retry-After` asks for, in seconds or as a date (RFC 9110, 10.2.3), ms from `now`; null when it asks for nothing. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : parseHttpDate(header) - now;
  return ms > 0 ? Math.min(ms, MAX_MS) : null;
}
