import type { SourceView } from '@trainer/shared/leases';
import { type SourceId, sourceEntry, sourceIds } from '@trainer/shared/sources';
import { readConfig } from '../config/read-config.ts';
import type { Deps } from '../deps.ts';
import { listRunners, type SeenRunner } from './runner-store.ts';

/** Every source, and whether a runner that is online can serve it. */
export async function listSources({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<SourceView[]> {
  const { config } = await readConfig(db);
  const online = (await listRunners(db, clock.now())).filter(({ isOnline }) => isOnline);
  return sourceIds.map((id) => {
    const { title, kind, modes } = sourceEntry(id);
    const { enabled } = config.sources[id];
    return { id, title, kind, modes: [...modes], enabled, ...availabilityOf(id, online) };
  });
}

/** Available when any runner says so, with its note; else the reason of the one seen last. */
export function availabilityOf(
  id: SourceId,
  online: readonly SeenRunner[],
): Pick<SourceView, 'available' | 'reason' | 'note'> {
  const unavailable = { available: false, note: null };
  if (online.length === 0) return { ...unavailable, reason: 'No runner is online' };
  const said = online.flatMap(({ about }) => about.sources.filter((source) => source.id === id));
  const server = said.find(({ available }) => available);
  if (server) return { available: true, reason: null, note: server.note ?? null };
  return { ...unavailable, reason: said[0]?.reason ?? 'No runner that is online knows this source' };
}
