import { readConfig } from '../config/read-config.ts';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { keyOf, uploadOf } from './artifact-upload.ts';
import {
  type ArtifactRow,
  deleteSwept,
  hideAbandoned,
  hideVersions,
  listRemoved,
  listVisible,
} from './store.ts';

/** Swept by one call: with its objects, which the store deletes in one go, and its rows. */
const VERSIONS_AT_ONCE = 50;
/** Uploads given up by one call: a Worker has 50 subrequests. */
const ABORTS_AT_ONCE = 20;

/**
 * Removes a visible version for good. It is gone for readers at once; a download under way may be cut off.
 * @throws {ProblemError} `not_found`
 */
export async function removeVersion(deps: Deps, version: string, actor: string): Promise<void> {
  const hidden = await hideVersions(deps.db, [version]);
  if (hidden.length === 0) throw new ProblemError('not_found', `There is no version ${version}.`);
  await deps.record({ level: 'info', message: `Version ${version} was removed by ${actor}` });
  await sweepRemoved(deps);
}

/**
 * Deletes the files of removed versions, then their rows. The next call handles what a crash or the limits left over.
 */
export async function sweepRemoved({ db, objects }: Pick<Deps, 'db' | 'objects'>): Promise<void> {
  const removed = await listRemoved(db, VERSIONS_AT_ONCE);
  if (removed.length === 0) return;
  const begun = removed.flatMap(({ version, artifacts }) =>
    artifacts.filter(isBegun).map((artifact) => ({ artifact, upload: uploadOf(version, artifact) })),
  );
  const aborted = begun.slice(0, ABORTS_AT_ONCE);
  for (const { upload } of aborted) await objects.abort(upload);
  const left = new Set(begun.slice(ABORTS_AT_ONCE).map(({ artifact }) => artifact.versionId));
  const swept = removed.filter(({ version }) => !left.has(version.id));
  // Those that were aborted too: the store may have completed one just before a crash.
  const keys = [
    ...aborted.map(({ upload }) => upload.key),
    ...swept.flatMap(({ version, artifacts }) => artifacts.map((artifact) => keyOf(version, artifact))),
  ];
  if (keys.length > 0) await objects.delete(keys);
  await deleteSwept(db, {
    artifacts: aborted.map(({ artifact }) => artifact),
    versionIds: swept.map(({ version }) => version.id),
  });
}

function isBegun({ isComplete, ticket }: ArtifactRow): boolean {
  return !isComplete && ticket !== null;
}

/** An upload for which nothing has come for this long is given up. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Removes versions beyond the number that the configuration keeps, and abandoned uploads. Called by the edge's housekeeping. Returns
 * the removed versions.
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
