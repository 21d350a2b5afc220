import type { Deps } from '../context/deps.ts';
import { listDefinitions, titlesOf } from '../sources/store.ts';
import { composeMessage } from './compose-message.ts';
import { type SendNeed, type Sent, sendMessage } from './send-message.ts';
import {
  type DeliveryRow,
  dropDeliveries,
  type HookRow,
  isAnyDue,
  noteAttempt,
  readFacts,
  takeDue,
  turnOffHook,
} from './store.ts';

type SendDueNeed = SendNeed & Pick<Deps, 'db' | 'record' | 'publicUrl'>;
type SendSoonNeed = SendDueNeed & Pick<Deps, 'later' | 'timings'>;

/** Per call: a Worker has 50 subrequests, and a delivery costs two to five. */
const AT_ONCE = 9;
/** A claim lasts longer than a request may take, so that no other call sends the same delivery. */
const TAKEN_MS = 60_000;
/** Before the second attempt, the third and so on, ms: two hours and a half in all. */
const PAUSES_MS = [10_000, 60_000, 5 * 60_000, 30 * 60_000, 2 * 60 * 60_000];

/**
 * Sends up to nine due deliveries and stores the outcome of each. Concurrent calls are safe: each delivery is claimed by one of
 * them. Returns how many were claimed.
 */
export async function sendDueDeliveries(need: SendDueNeed): Promise<number> {
  if (!(await isAnyDue(need.db, need.clock.now()))) return 0;
  return sendDue(need, AT_ONCE);
}

async function sendDue(need: SendDueNeed, limit: number): Promise<number> {
  const { db, clock, closing, publicUrl } = need;
  // A process that is shutting down leaves them to the next one.
  if (closing.aborted) return 0;
  const now = clock.now();
  const taken = await takeDue(db, { now, until: now + TAKEN_MS, limit });
  if (taken.length === 0) return 0;
  const { hooks, runs, tasks } = await readFacts(db, taken);
  const titleOf = titlesOf(await listDefinitions(db));
  const send = async (delivery: DeliveryRow) => {
    const hook = hooks.find(({ id }) => id === delivery.hookId);
    const run = runs.find(({ id }) => id === delivery.runId);
    // The hook or the run was removed since the claim.
    if (!hook || !run) return;
    const facts = { run, tasks: tasks.filter(({ runId }) => runId === run.id), publicUrl, titleOf };
    await settle(need, hook, delivery, await sendMessage(need, hook, composeMessage(delivery, facts)));
  };
  const results = await Promise.allSettled(taken.map(send));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return taken.length;
}

/** Sends what was just enqueued, after the response. Deliveries beyond the limit are sent by the next housekeeping. */
export function sendSoon(need: SendSoonNeed): void {
  need.later(async () => {
    await sendDue(need, need.timings.deliveriesPerAnswer);
  });
}

async function settle(need: SendDueNeed, hook: HookRow, delivery: DeliveryRow, sent: Sent): Promise<void> {
  const now = need.clock.now();
  if (sent.ok) {
    await noteAttempt(need.db, delivery, { status: 'delivered', lastError: null, finishedAt: now });
    return;
  }
  const pause = PAUSES_MS[delivery.attempts - 1];
  if (sent.status === 410) return turnOff(need, hook, delivery, sent);
  if (pause === undefined) return giveUp(need, hook, delivery, sent);
  const dueAt = now + Math.max(pause, sent.retryAfterMs ?? 0);
  await noteAttempt(need.db, delivery, { status: 'waiting', lastError: sent.said, dueAt });
}

async function giveUp(
  need: SendDueNeed,
  hook: HookRow,
  delivery: DeliveryRow,
  { said }: Sent,
): Promise<void> {
  const outcome = { status: 'given_up' as const, lastError: said, finishedAt: need.clock.now() };
  if (!(await noteAttempt(need.db, delivery, outcome))) return;
  await need.record({
    level: 'warn',
    message: `Hook "${hook.name}" did not receive ${delivery.event}: given up after ${delivery.attempts} attempts, ${said}`,
    runId: delivery.runId,
  });
}

/** Disables the hook: the receiver answered 410. */
async function turnOff(
  need: SendDueNeed,
  hook: HookRow,
  delivery: DeliveryRow,
  { said }: Sent,
): Promise<void> {
  const now = need.clock.now();
  await noteAttempt(need.db, delivery, { status: 'given_up', lastError: said, finishedAt: now });
  if (!(await turnOffHook(need.db, hook.id, said, now))) return;
  await need.record({ level: 'warn', message: `Hook "${hook.name}" is turned off: ${said}` });
}

const KEPT_MS = 30 * 24 * 60 * 60 * 1_000;
/** Of each hook. */
const KEPT_COUNT = 200;

/** Deletes old deliveries and returns how many. Called by the edge's housekeeping. */
export function pruneDeliveries({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  return dropDeliveries(db, { before: clock.now() - KEPT_MS, newest: KEPT_COUNT });
}
