import { readConfig } from '../config/read-config.ts';
import type { Deps } from '../context/deps.ts';
import { sweepRemoved } from './remove-version.ts';
import { hideAbandoned, hideVersions, listVisible } from './store.ts';

/** An upload for which nothing has come for this long is given up. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Removes versions beyond the number that the configuration keeps, and abandoned uploads. Called from time to
 * time by the edge. Answers with the removed versions.
 *
 * Being named as parent keeps no version: every version holds all that a sidecar needs, so a parent is only where it
 * came from. The newest is always kept, and with it whatever a run under way names as parent.
 */
export async function pruneVersions(deps: Deps): Promise<string[]> {
  const { retention } = (await readConfig(deps.db)).config;
  const visible = (await listVisible(deps.db)).map(({ version }) => version.version);
  const surplus = retention.versions === 0 ? [] : visible.slice(retention.versions);
  const removed = await hideVersions(deps.db, surplus);
  const message = (version: string) =>
    `Version ${version} was removed, being older than the newest ${retention.versions}`;
  await deps.record(...removed.map((version) => ({ level: 'info' as const, message: message(version) })));
  await hideAbandoned(deps.db, deps.clock.now() - ABANDONED_AFTER_MS);
  await sweepRemoved(deps);
  return removed;
}
