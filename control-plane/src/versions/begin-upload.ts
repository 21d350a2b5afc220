import type { Deps } from '../context/deps.ts';
import type { ObjectUpload } from '../objects/object-store.ts';
import { keyOf, uploadOf } from './object-keys.ts';
import { type ArtifactRow, setTicket, type VersionRow } from './store.ts';

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
 * Begins the artifact's upload anew, when the store has lost or damaged what came: all of its parts are missing again.
 * Several callers that find out at once begin it once.
 */
export async function beginAnew(deps: Need, version: VersionRow, artifact: ArtifactRow): Promise<void> {
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
