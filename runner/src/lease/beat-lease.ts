import { setTimeout as sleep } from 'node:timers/promises';
import { ApiProblem, type Call } from '@trainer/shared/client';
import type { HeartbeatAnswer } from '@trainer/shared/leases';
import type { Progress } from '@trainer/shared/progress';
import { retryDecision } from '../control/retry-decision.ts';
import { describeFailure } from '../control/session.ts';
import type { FromHeartbeat, HeldLease } from './heartbeat-messages.ts';

/** A lease lives 15 s after a beat, so failing beats must stay close enough together to have several goes. */
const longestPauseMs = 4_000;
/** A token that is refused is not asked about every second. */
const refusedPauseMs = 10_000;

interface BeatDeps {
  api: Call;
  tell: (message: FromHeartbeat) => void;
  isWedged: () => boolean;
}

/** Renews one lease until `end` is called or the lease is lost. The first beat goes out at once. */
export function beatLease(lease: HeldLease, { api, tell, isWedged }: BeatDeps) {
  const { taskId, fence, heartbeatMs } = lease;
  const ended = new AbortController();
  let unsent: Progress | undefined;
  let toldStop = false;
  let complaint = '';

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
    const detail = describeFailure(error);
    if (detail !== complaint) tell({ kind: 'trouble', taskId, detail });
    complaint = detail;
  }

  function heed({ want }: HeartbeatAnswer): number {
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
    return retryDecision(error) === 'soon'
      ? Math.min(heartbeatMs * failures, longestPauseMs)
      : refusedPauseMs;
  }

  async function keepBeating(): Promise<void> {
    for (let failures = 0; !ended.signal.aborted; ) {
      let pauseMs = heartbeatMs;
      if (!isWedged()) {
        try {
          pauseMs = heed(await beat());
          failures = 0;
        } catch (error) {
          failures += 1;
          pauseMs = pauseAfter(error, failures);
        }
      }
      await sleep(pauseMs, undefined, { signal: ended.signal }).catch(() => {});
    }
  }

  void keepBeating();
  return {
    /** Goes out with the next beat; a newer report replaces one that has not gone yet. */
    report: (progress: Progress) => {
      unsent = progress;
    },
    end: () => ended.abort(),
  };
}

function isCode(error: unknown, code: string): error is ApiProblem {
  return error instanceof ApiProblem && error.code === code;
}
