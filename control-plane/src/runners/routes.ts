import type { Runner, RunnerView } from '@trainer/contract/leases';
import type { AppContext } from '../context/app-context.ts';
import type { Deps } from '../context/deps.ts';
import { isoTime } from '../http/iso-time.ts';
import { mount } from '../http/mount.ts';
import { listSources } from './list-sources.ts';
import { heldTasks, listRunners } from './store.ts';

export function mountRunners(appContext: AppContext): void {
  mount(appContext, 'GET /api/runners', () => viewRunners(appContext.deps));
  mount(appContext, 'GET /api/sources', () => listSources(appContext.deps));
}

/** Runners, last seen first, with the tasks that they hold. */
async function viewRunners({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<RunnerView[]> {
  const now = clock.now();
  const held = await heldTasks(db, now);
  return (await listRunners(db, now)).map(({ about, lastSeenAt, isOnline }) => {
    const leases = held.filter(({ runnerId }) => runnerId === about.runner_id).map(({ taskId }) => taskId);
    return {
      ...about,
      free_slots: freeSlots(about, leases.length),
      last_seen_at: isoTime(lastSeenAt),
      online: isOnline,
      leases,
    };
  });
}

/** The reported number is stale once a lease begins or ends, so it is computed from `slots` where the runner reports them. */
function freeSlots({ slots, free_slots, paused }: Runner, held: number): number {
  if (paused !== undefined) return 0;
  return slots === undefined ? free_slots : Math.max(0, slots - held);
}
