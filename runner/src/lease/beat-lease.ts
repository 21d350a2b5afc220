import { setTimeout as sleep } from 'node:timers/promises';
import { ApiProblem, type Call } from '@trainer/contract/client';
import type { HeartbeatAnswer } from '@trainer/contract/leases';
import type { Progress } from '@trainer/contract/progress';
import { failureKind, retryDecision } from '../control/call-failures.ts';
import { describeFailure, pauseMs, retryAfterOf } from '../control/session.ts';
import type { FromHeartbeat, HeldLease } from './heartbeat.ts';

/** The same trouble is told of this often while it lasts. */
const complainEveryMs = 60_000;

/** A lease must have several goes before it lapses: a beat without an answer is given up after this, ms. */
export const longestTryMs = ({ ttlMs }: Pick<HeldLease, 'ttlMs'>): number => ttlMs / 4;
/** A token that is refused is not asked about every second. */
const refusedPauseMs = ({ ttlMs }: HeldLease): number => (ttlMs * 2) / 3;

interface BeatDeps {
  /** Gives up on an answer after `longestTryMs`. */
  api: Call;
  tell: (message: FromHeartbeat) => void;
  isWedged: () => boolean;
}

/** Renews one lease until `end` is called or the lease is lost. The first beat goes out at once. */
export function beatLease(lease: HeldLease, { api, tell, isWedged }: BeatDeps) {
  const { taskId, fence, heartbeatMs } = lease;
  const ended = new AbortController();
  let unsent: Progress | undefined;
  let toldBeaten = false;
  let toldStop = false;
  let complaint = { kind: '', at: 0 };
  let resting = new AbortController();

  const send = (progress: Progress | undefined): Promise<HeartbeatAnswer> =>
    api('POST /api/leases/{task}/heartbeat', {
      params: { task: taskId },
      body: { fence, progress },
      signal: ended.signal,
    });

  async function beat(): Promise<HeartbeatAnswer> {
    const progress = unsent;
    unsent = undefined;
    try {
      return await send(progress);
    } catch (error) {
      // The lease lives without the report, which would be refused again.
      if (isCode(error, 'impossible_report')) {
        complain(error);
        return send(undefined);
      }
      unsent ??= progress;
      throw error;
    }
  }

  function complain(error: unknown): void {
    const kind = failureKind(error);
    if (kind === complaint.kind && Date.now() - complaint.at < complainEveryMs) return;
    complaint = { kind, at: Date.now() };
    tell({ kind: 'trouble', taskId, detail: describeFailure(error) });
  }

  function heed({ want }: HeartbeatAnswer): number {
    if (!toldBeaten) tell({ kind: 'beaten', taskId, fence });
    toldBeaten = true;
    if (want === 'stop' && !toldStop) tell({ kind: 'stop', taskId, fence });
    toldStop ||= want === 'stop';
    return heartbeatMs;
  }

  function pauseAfter(error: unknown, failures: number): number {
    if (ended.signal.aborted) return 0;
    if (isCode(error, 'lease_lost') || isCode(error, 'not_found')) {
      tell({ kind: 'lost', taskId, fence, detail: error.message });
      ended.abort();
      return 0;
    }
    complain(error);
    const decision = retryDecision(error);
    const due = pauseMs(error, decision, failures, Math.random);
    // Whoever says when to come back is listened to, at the price of the lease.
    if (retryAfterOf(error) !== null) return due;
    return decision === 'soon' ? Math.min(due, heartbeatMs) : refusedPauseMs(lease);
  }

  async function keepBeating(): Promise<void> {
    for (let failures = 0; !ended.signal.aborted; ) {
      let restMs = heartbeatMs;
      // Before the beat: who asks for haste while one is under way means the next.
      resting = new AbortController();
      if (!isWedged()) {
        try {
          restMs = heed(await beat());
          failures = 0;
        } catch (error) {
          failures += 1;
          restMs = pauseAfter(error, failures);
        }
      }
      await rest(restMs);
    }
  }

  async function rest(ms: number): Promise<void> {
    const signal = AbortSignal.any([ended.signal, resting.signal]);
    await sleep(ms, undefined, { signal }).catch(() => {});
  }

  void keepBeating();
  return {
    /** Goes out with the next beat; a newer report replaces one that has not gone yet. */
    report: (progress: Progress) => {
      unsent = progress;
    },
    /** Beats at once, or as soon as the beat under way is over. */
    hurry: () => resting.abort(),
    end: () => ended.abort(),
  };
}

function isCode(error: unknown, code: string): error is ApiProblem {
  return error instanceof ApiProblem && error.code === code;
}
