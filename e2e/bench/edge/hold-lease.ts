import type { Lease } from '@trainer/contract/leases';
import { emptyProgress } from '@trainer/contract/progress';
import { askForLease } from './ask-for-lease.ts';
import type { Callers, Plane } from './open-plane.ts';

/** A lease that is kept alive while it is measured with. */
export interface HeldLease extends AsyncDisposable {
  lease: Lease;
}

/** Starts a run, takes its first task and beats for it, also while the control plane is away. */
export async function holdIngest(plane: Plane): Promise<HeldLease> {
  await plane.owner('POST /api/build/start', { body: { sources: ['stashdb'] } });
  return hold(plane, await askForLease(plane, 'bench'));
}

/** The same for the task that publishes. */
export async function holdPublish(plane: Plane): Promise<HeldLease> {
  await plane.owner('POST /api/build/start', { body: { sources: ['stashdb'] } });
  const ingest = await askForLease(plane, 'bench');
  await complete(plane, ingest, 'done');
  return hold(plane, await askForLease(plane, 'bench'));
}

export async function complete(
  { runner }: Callers,
  { task_id: task, fence }: Lease,
  outcome: 'done' | 'failed',
): Promise<void> {
  const reason = outcome === 'done' ? null : 'it was only measured';
  await runner('POST /api/leases/{task}/complete', {
    params: { task },
    body: { fence, outcome, reason, progress: emptyProgress() },
  });
}

function hold(plane: Plane, lease: Lease): HeldLease {
  const { task_id: task, fence } = lease;
  const beat = () =>
    plane.runner('POST /api/leases/{task}/heartbeat', { params: { task }, body: { fence } }).catch(() => {});
  const timer = setInterval(beat, 1_000);
  void beat();
  return {
    lease,
    [Symbol.asyncDispose]: async () => clearInterval(timer),
  };
}
