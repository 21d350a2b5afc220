import { ApiProblem, ApiUnreachable, type Call, type CallOptions } from '@trainer/contract/client';
import type { RouteKey } from '@trainer/contract/routes';
import type { Logger } from '../logs/logger.ts';
import { messageOf } from '../logs/message-of.ts';
import { ApiMismatch } from './api.ts';
import { describeUnreachable, failureKind, type RetryDecision, retryDecision } from './call-failures.ts';

/**
 * The one layer that repeats calls. It goes on until an answer comes, the control plane refuses, or the caller's
 * `signal` aborts: a control plane may be away for a night. Pauses double from 0.25 s to 10 s (so that ten
 * failures take half a minute in all), each shortened by up to half at random, so that runners which lost
 * the same server do not come back together. `Retry-After` wins up to five minutes.
 */
const firstPauseMs = 250;
const longestPauseMs = 10_000;
const slowPauseMs = 30_000;
const seldomPauseMs = 10 * 60_000;
const retryAfterMaxMs = 5 * 60_000;
/** While it stays away, say so this often and not at every attempt. */
const complainEveryMs = 60_000;

export interface SessionDeps {
  api: Call;
  log: Logger;
  /** Resolves after `ms`; rejects when `signal` aborts. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  now?: () => number;
  /** 0 to 1. */
  random?: () => number;
  /** Told why the control plane refuses this program's protocol, and with null that it does no more. */
  onMismatch?: (reason: string | null) => void;
}

/** The same calls as the API's, kept up until they are answered. */
export function createSession({
  api,
  log,
  sleep,
  now = Date.now,
  random = Math.random,
  onMismatch,
}: SessionDeps): Call {
  const complain = createComplaints(log, now);
  const pause = createPause(sleep);
  const call = async (key: RouteKey, request: CallOptions = {}): Promise<unknown> => {
    let mayBeWoken = true;
    let wasMismatch = false;
    for (let failures = 0; ; ) {
      try {
        const answer: unknown = await (api as LooseCall)(key, request);
        pause.end();
        if (failures > 0) complain.over(key);
        if (wasMismatch) onMismatch?.(null);
        return answer;
      } catch (error) {
        request.signal?.throwIfAborted();
        const decision = retryDecision(error);
        // What came may still be a lease, which its caller can hand back.
        if (decision === 'never' || (error instanceof ApiMismatch && key === 'POST /api/leases')) throw error;
        if (decision === 'seldom') {
          wasMismatch = true;
          onMismatch?.(messageOf(error));
        }
        failures += 1;
        complain.about(key, error, decision);
        const isNobody = error instanceof ApiUnreachable && error.status === null;
        const ms = pauseMs(error, decision, failures, random);
        const wasWoken = await pause.begin(ms, isNobody && mayBeWoken, request.signal);
        // Others are answered, and this call is not: it is the call's own fault, and waking it each time would be a storm.
        if (wasWoken) mayBeWoken = false;
      }
    }
  };
  // Each key has its own request and answer types, which one function body cannot be typed with.
  return call as Call;
}

type LooseCall = (key: RouteKey, request: CallOptions) => Promise<unknown>;

/** The pause before attempt `failures` + 1, ms. */
export function pauseMs(
  error: unknown,
  decision: RetryDecision,
  failures: number,
  random: () => number,
): number {
  const whole = wholePauseMs(decision, failures);
  const due = Math.round(whole * (1 - random() / 2));
  const asked = retryAfterOf(error);
  // "At once", asked for again and again, would be a storm.
  return asked === null ? due : Math.max(asked, Math.min(due, longestPauseMs));
}

function wholePauseMs(decision: RetryDecision, failures: number): number {
  if (decision === 'seldom') return seldomPauseMs;
  if (decision === 'slowly') return slowPauseMs;
  return Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
}

/** What the answer asked for, ms; null when it did not. */
export function retryAfterOf(error: unknown): number | null {
  const knows = error instanceof ApiProblem || error instanceof ApiUnreachable;
  return knows && error.retryAfterMs !== null ? Math.min(error.retryAfterMs, retryAfterMaxMs) : null;
}

/** A call that found nobody there need not wait any longer once another one was answered. */
function createPause(sleep: SessionDeps['sleep']) {
  const waiting = new Set<AbortController>();
  return {
    /** Answers with whether it was ended before its time. */
    async begin(ms: number, mayBeWoken: boolean, signal?: AbortSignal): Promise<boolean> {
      const woken = new AbortController();
      if (mayBeWoken) waiting.add(woken);
      try {
        await sleep(ms, signal ? AbortSignal.any([signal, woken.signal]) : woken.signal);
      } catch (reason) {
        signal?.throwIfAborted();
        if (!woken.signal.aborted) throw reason;
      } finally {
        waiting.delete(woken);
      }
      return woken.signal.aborted;
    },
    end(): void {
      for (const woken of waiting) woken.abort();
    },
  };
}

function createComplaints(log: Logger, now: () => number) {
  const last = new Map<RouteKey, { kind: string; at: number }>();
  return {
    about(key: RouteKey, error: unknown, decision: RetryDecision): void {
      const kind = failureKind(error);
      const before = last.get(key);
      if (before && before.kind === kind && now() - before.at < complainEveryMs) return;
      last.set(key, { kind, at: now() });
      log.warn(describeFailure(error, decision));
    },
    over(key: RouteKey): void {
      if (last.delete(key)) log.info('The control plane answers again');
    },
  };
}

/** One sentence for people: what is wrong, and what to do where they can do something. */
export function describeFailure(error: unknown, decision: RetryDecision = retryDecision(error)): string {
  if (error instanceof ApiUnreachable) return describeUnreachable(error, decision);
  const message = messageOf(error);
  if (error instanceof ApiProblem && error.status === 401) {
    return `The control plane does not accept this runner's token: ${message} Set RUNNER_TOKEN to a valid one.`;
  }
  if (error instanceof ApiProblem && error.status === 403) {
    return `The token in RUNNER_TOKEN is not a runner's: ${message}`;
  }
  if (decision === 'seldom')
    return `No work until one of the two is upgraded; asked again every few minutes. ${message}`;
  return decision === 'soon' ? `The control plane cannot be used now, trying again: ${message}` : message;
}
