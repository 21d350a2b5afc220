import { setTimeout as sleep } from 'node:timers/promises';
import { aborted } from '@trainer/async/aborted';
import { type Lease, type LeaseTicket, leaseTicketSchema, type Runner } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
import type { OpenQuestion } from '@trainer/contract/questions';
import { taskKinds } from '@trainer/contract/runs';
import { version } from '@trainer/contract/version';
import { ApiMismatch } from '../control/api.ts';
import { messageOf } from '../logs/message-of.ts';
import { type LeasedWork, type WorkLeaseDeps, workLease } from './work-lease.ts';

/** An answer without work that came faster than this was no long poll: the next question waits. */
const pollAtLeastMs = 1_000;
/** The contract's figure. */
const pausedMaxLength = 300;
/** The same for an answer that wants to be asked again: whatever is wrong there, ten a second are enough. */
const againAtLeastMs = 100;
const refusedPauseMs = 10_000;
/** A task that was handed back as unreadable is left to other runners for this long. */
const unablePauseMs = 10_000;
/** How often the room on the disk is looked at while tasks are under way, ms: a picture or two in that time. */
const lookAtRoomEveryMs = 2_000;

export interface TakeLeasesDeps extends WorkLeaseDeps {
  /** What this runner says about itself; asked for at every poll. */
  describe: () => Promise<Omit<Runner, 'free_slots' | 'slots' | 'kinds'>>;
  /** Answers somebody's question; called beside the leases, and never awaited. */
  answer?: (question: OpenQuestion) => void;
  /** Leases held at once. */
  slots: number;
  waitMs?: number;
  /** Without work after a task was handed back as unreadable, ms. */
  unablePauseMs?: number;
  lookAtRoomEveryMs?: number;
}

/**
 * Asks for work once the heartbeat is ready, and does it, several leases at once, until `shutdown` begins. Resolves when every lease has been
 * completed or handed back, within the times of `shutdown`. A task that fails takes nothing else with it.
 */
export async function takeLeases(deps: TakeLeasesDeps): Promise<void> {
  const { session, shutdown, slots, log, waitMs = limits.longPollMaxMs } = deps;
  const working = new Map<string, LeasedWork>();
  let ended = Promise.withResolvers<void>();
  /** Why no work is taken, as of the last look. */
  let shortage: string | null = null;
  let roomChanged = Promise.withResolvers<void>();

  function begin(lease: Lease): void {
    const previous = working.get(lease.task_id);
    previous?.lose('the task was leased anew');
    log.info(`Task ${lease.task_id} begins`, { attempt: lease.attempt, fence: lease.fence });
    const work = workLease(lease, deps, previous?.ended);
    working.set(lease.task_id, work);
    void work.ended.then(() => {
      if (working.get(lease.task_id) === work) working.delete(lease.task_id);
      ended.resolve();
      ended = Promise.withResolvers();
    });
  }

  /**
   * A task whose lease cannot be read is handed back at once with the reason: left alone it would lapse again and again, and its
   * run would end without anybody knowing why.
   */
  async function handBackUnread(error: unknown): Promise<null> {
    const ticket = error instanceof ApiMismatch ? leaseTicketSchema.safeParse(error.answer).data : undefined;
    if (!ticket) throw error;
    await handBack(ticket.lease, messageOf(error));
    return null;
  }

  async function handBack({ task_id: task, fence }: LeaseTicket, why: string): Promise<void> {
    const reason = why.slice(0, 500);
    log.error(`Task ${task} is handed back: ${reason}`);
    const body = { fence, reason, unable: true };
    await session('POST /api/leases/{task}/release', {
      params: { task },
      body,
      signal: shutdown.cutOff,
    }).catch((error: unknown) => log.warn(`Task ${task} could not be handed back: ${messageOf(error)}`));
  }

  /** Whatever was handed back comes again at once, unless another runner takes it meanwhile. */
  async function rest(signal: AbortSignal): Promise<void> {
    await sleep(deps.unablePauseMs ?? unablePauseMs, undefined, { signal });
  }

  async function ask(signal: AbortSignal): Promise<void> {
    const askedAt = Date.now();
    const paused = shortage?.slice(0, pausedMaxLength);
    const free_slots = paused === undefined ? slots - working.size : 0;
    const body = {
      ...(await deps.describe()),
      kinds: [...taskKinds],
      slots,
      free_slots,
      paused,
      wait_ms: waitMs,
    };
    const answer = await session('POST /api/leases', { body, signal }).catch(handBackUnread);
    if (!answer) return rest(signal);
    const { lease, question, beat_now, again } = answer;
    if (beat_now) deps.heartbeat.hurry();
    if (question) deps.answer?.(question);
    if (lease && !isKnown(lease.kind)) {
      await handBack(lease, `this runner ${version} does not know tasks of the kind "${lease.kind}"`);
      return rest(signal);
    }
    if (lease) return begin(lease);
    if (question) return;
    const atLeastMs = again ? againAtLeastMs : Math.min(pollAtLeastMs, waitMs);
    const tooSoonMs = atLeastMs - (Date.now() - askedAt);
    if (tooSoonMs > 0) await sleep(tooSoonMs, undefined, { signal });
  }

  /** A request that waits is worth making anew when a slot becomes free after all were taken, or the room on the disk has changed. */
  async function askWhileNothingChanges(): Promise<void> {
    const outdated = new AbortController();
    const changed = working.size < slots ? [roomChanged.promise] : [roomChanged.promise, ended.promise];
    void Promise.race(changed).then(() => outdated.abort());
    await ask(AbortSignal.any([shutdown.stop, outdated.signal])).catch((error: unknown) => {
      if (!outdated.signal.aborted) throw error;
    });
  }

  function lookAtRoom(): void {
    const before = shortage;
    shortage = deps.shortage?.() ?? null;
    if (shortage !== null) for (const work of working.values()) work.pause(shortage);
    if ((before === null) === (shortage === null)) return;
    roomChanged.resolve();
    roomChanged = Promise.withResolvers();
  }

  lookAtRoom();
  const looking = setInterval(lookAtRoom, deps.lookAtRoomEveryMs ?? lookAtRoomEveryMs);
  await Promise.race([deps.heartbeat.ready, aborted(shutdown.stop)]);
  while (!shutdown.stop.aborted) {
    try {
      await askWhileNothingChanges();
    } catch (error) {
      if (shutdown.stop.aborted) break;
      log.error(`Asking for work failed: ${messageOf(error)}`);
      await sleep(refusedPauseMs, undefined, { signal: shutdown.stop }).catch(() => {});
    }
  }
  clearInterval(looking);
  await Promise.all([...working.values()].map((work) => work.ended));
}

function isKnown(kind: Lease['kind']): boolean {
  return taskKinds.some((known) => known === kind);
}
