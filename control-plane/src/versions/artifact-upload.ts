import { partCount } from '@trainer/contract/versions';
import type { Deps } from '../context/deps.ts';
import type { ObjectUpload } from '../objects/object-store.ts';
import { type ArtifactRow, type PartRow, setTicket, type VersionRow } from './store.ts';

/**
 * Where an artifact lies in the object store: `2026.11.20-7/performers.db`. The upload's own id is part of it, so
 * that removing a version never touches another one of the same number.
 */
export function keyOf({ id, version }: VersionRow, { name }: ArtifactRow): string {
  return `${version}-${id}/${name}`;
}

/** The artifact's upload; its ticket is empty until it was begun. */
export function uploadOf(version: VersionRow, artifact: ArtifactRow): ObjectUpload {
  return { key: keyOf(version, artifact), ticket: artifact.ticket ?? '' };
}

type Need = Pick<Deps, 'db' | 'objects'>;

/** The upload under which the artifact's parts are stored; the first part begins it. */
export async function beginUpload(
  deps: Need,
  version: VersionRow,
  artifact: ArtifactRow,
): Promise<ObjectUpload> {
  if (artifact.ticket !== null) return uploadOf(version, artifact);
  return replaceUpload(deps, version, artifact);
}

/**
 * Restarts the artifact's upload after the store has lost or damaged data: all of its parts are missing again. Concurrent callers
 * restart it once.
 */
export async function restartUpload(deps: Need, version: VersionRow, artifact: ArtifactRow): Promise<void> {
  await deps.objects.abort(uploadOf(version, artifact));
  await replaceUpload(deps, version, artifact);
}

async function replaceUpload(
  { db, objects }: Need,
  version: VersionRow,
  artifact: ArtifactRow,
): Promise<ObjectUpload> {
  const key = keyOf(version, artifact);
  const begun = await objects.begin(key);
  const ticket = await setTicket(db, artifact, begun);
  // Another call was faster, or the version is gone.
  if (ticket !== begun) await objects.abort({ key, ticket: begun });
  return { key, ticket };
}

/** Numbers of the artifact's parts that are not stored yet. */
export function missingParts({ name, size, isComplete }: ArtifactRow, stored: readonly PartRow[]): number[] {
  if (isComplete) return [];
  const there = new Set(stored.filter(({ artifact }) => artifact === name).map(({ number }) => number));
  return Array.from({ length: partCount(size) }, (_, index) => index + 1).filter(
    (number) => !there.has(number),
  );
}
