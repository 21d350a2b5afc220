import type { SourceView } from '@trainer/contract/leases';
import { type SourceId, sourceIdSchema } from '@trainer/contract/sources';
import { readConfig } from '../config/read-config.ts';
import type { Deps } from '../context/deps.ts';
import { isoTime } from '../http/iso-time.ts';
import { type KnownSource, listKnownSources } from '../sources/store.ts';
import { findConflict } from './source-conflicts.ts';
import { listRunners, type SeenRunner } from './store.ts';

type Served = Pick<SourceView, 'available' | 'reason' | 'note' | 'not_served_since'>;

/**
 * Every source that this release ships, a runner has announced or the configuration names, and whether a runner that is online can
 * serve it.
 */
export async function listSources({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<SourceView[]> {
  const known = await listKnownSources(db);
  const { config } = await readConfig(db);
  const runners = await listRunners(db, clock.now());
  const online = runners.filter(({ isOnline }) => isOnline);
  const nameOf = (id: string) => runners.find(({ about }) => about.runner_id === id)?.about.name ?? id;
  const isKnown = (id: SourceId) => known.some(({ definition }) => definition.id === id);
  // A later release may store keys here that are not source ids.
  const isId = (id: string) => sourceIdSchema.safeParse(id).success;
  const named = Object.keys(config.sources).filter((id) => isId(id) && !isKnown(id));
  return [
    ...known.map((source) => ({
      ...describe(source),
      enabled: config.sources[source.definition.id]?.enabled ?? false,
      ...servedBy(source.definition.id, online, source.announced?.at ?? null),
      conflict: online.map(({ about }) => findConflict(source, about, nameOf)).find(Boolean) ?? null,
    })),
    ...named.sort().map((id) => ({
      ...unknown(id),
      enabled: config.sources[id]?.enabled ?? false,
      ...servedBy(id, online, null),
      conflict: null,
    })),
  ];
}

type Described = Pick<SourceView, 'id' | 'title' | 'kind' | 'modes' | 'address' | 'domain' | 'origin'>;

function describe({ definition }: KnownSource): Described {
  const { id, title, kind, modes, address, domain, origin } = definition;
  return { id, title, kind, modes, address, domain, origin };
}

function unknown(id: SourceId): Described {
  return { id, title: id, kind: 'unknown', modes: [], address: null, domain: null, origin: 'unknown' };
}

/** Available when any online runner serves it, with that runner's note; otherwise the reason of the runner seen last. */
export function servedBy(
  id: SourceId,
  online: readonly SeenRunner[],
  /** When any runner last announced the source. */
  announcedAt: number | null,
): Served {
  const unavailable = { available: false, note: null, not_served_since: null };
  if (online.length === 0) return { ...unavailable, reason: 'No runner is online' };
  const said = online.flatMap(({ about }) => about.sources.filter((source) => source.id === id));
  const server = said.find(({ available }) => available);
  if (server) return { available: true, reason: null, note: server.note ?? null, not_served_since: null };
  const reason = said[0]?.reason ?? null;
  const isAnnounced = online.some(({ about }) => about.definitions?.some((each) => each.id === id));
  if (isAnnounced || announcedAt === null) {
    return { ...unavailable, reason: reason ?? 'No runner that is online knows this source' };
  }
  const since = isoTime(announcedAt);
  return {
    ...unavailable,
    not_served_since: since,
    reason: reason ?? `Not served by any runner since ${since.slice(0, 10)}`,
  };
}
