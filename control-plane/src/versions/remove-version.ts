import type { Deps } from '../deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { uploadOf } from './object-keys.ts';
import { deleteVersion, hideVersions, listRemoved } from './store.ts';

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

/** Deletes the files of removed versions, then their rows; what a crash leaves over is found the next time. */
export async function sweepRemoved({ db, objects }: Pick<Deps, 'db' | 'objects'>): Promise<void> {
  for (const { version, artifacts } of await listRemoved(db)) {
    for (const artifact of artifacts) {
      const upload = uploadOf(version, artifact);
      if (!artifact.isComplete && artifact.ticket !== null) await objects.abort(upload);
      await objects.delete(upload.key);
    }
    await deleteVersion(db, version.id);
  }
}
