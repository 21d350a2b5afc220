import type { Deps } from '../../context/deps.ts';
import { withCauses } from '../../http/with-causes.ts';
import { housekeeping } from '../housekeeping.ts';

/** Does what belongs to a cron trigger, one chore after the other; that one fails keeps none from its turn. */
export async function doChores(deps: Deps, cron: string): Promise<void> {
  for (const { what, work } of housekeeping.filter((chore) => chore.cron === cron)) {
    await work(deps).catch((error: unknown) => deps.log('error', `${what} failed: ${withCauses(error)}`));
  }
}
