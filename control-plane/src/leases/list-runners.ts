import type { RunnerView } from '@trainer/shared/leases';
import type { Deps } from '../deps.ts';
import { isoTime } from '../http/iso-time.ts';
import { heldTasks, listRunners } from './runner-store.ts';

/** Runners, last seen first, with what they hold. */
export async function viewRunners({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<RunnerView[]> {
  const now = clock.now();
  const held = await heldTasks(db, now);
  return (await listRunners(db, now)).map(({ about, lastSeenAt, isOnline }) => ({
    ...about,
    last_seen_at: isoTime(lastSeenAt),
    online: isOnline,
    leases: held.filter(({ runnerId }) => runnerId === about.runner_id).map(({ taskId }) => taskId),
  }));
}
