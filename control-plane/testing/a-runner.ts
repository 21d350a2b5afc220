import type { Call } from '@trainer/contract/client';
import type { Lease, Runner } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
import { emptyProgress, type Progress } from '@trainer/contract/progress';

/** A runner that can serve every source, unless `over` says otherwise. */
export function aRunner(over: Partial<Runner> = {}): Runner {
  return {
    runner_id: 'runner-1',
    name: 'Attic',
    version: '0.1.0',
    catalog_id: 'catalog-1',
    device: 'CPU',
    packs: [],
    sources: [],
    free_slots: 1,
    ...over,
  };
}

/** Asks for work without waiting. */
export async function ask(call: Call, over: Partial<Runner> = {}): Promise<Lease | null> {
  const { lease } = await call('POST /api/leases', { body: { ...aRunner(over), wait_ms: 0 } });
  return lease;
}

/** Waits for work as a runner does, which asks again when it is told to. */
export async function waitForWork(
  call: Call,
  {
    over = {},
    waitMs = limits.longPollMaxMs,
    signal,
  }: { over?: Partial<Runner>; waitMs?: number; signal?: AbortSignal } = {},
) {
  for (;;) {
    const answer = await call('POST /api/leases', { body: { ...aRunner(over), wait_ms: waitMs }, signal });
    if (!answer.again) return answer;
  }
}

/** Asks for work that must be there. */
export async function take(call: Call, over: Partial<Runner> = {}): Promise<Lease> {
  const lease = await ask(call, over);
  if (!lease) throw new Error('There was no task to lease');
  return lease;
}

export function progressOf(over: Partial<Progress> = {}): Progress {
  return { ...emptyProgress(), ...over };
}

/** Completes a task as done. */
export async function finish(call: Call, { task_id: task, fence }: Lease): Promise<void> {
  await call('POST /api/leases/{task}/complete', {
    params: { task },
    body: { fence, outcome: 'done', progress: progressOf() },
  });
}
