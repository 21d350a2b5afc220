import type { Lease } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
import type { Callers } from './open-plane.ts';

/** Asks for work until it comes, as a runner does; rejects once `signal` aborts. */
export async function askForLease({ runner }: Callers, name: string, signal?: AbortSignal): Promise<Lease> {
  const body = {
    runner_id: name,
    instance_id: name,
    name,
    version: '0.1.0',
    catalog_id: 'catalog',
    device: 'CPU',
    packs: [],
    sources: [],
    free_slots: 1,
    wait_ms: limits.longPollMaxMs,
  };
  for (;;) {
    const { lease } = await runner('POST /api/leases', { body, signal });
    if (lease) return lease;
  }
}
