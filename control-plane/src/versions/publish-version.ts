import { withCleanUp } from '@trainer/async/with-clean-up';
import { type Manifest, manifestSchema, type VersionView } from '@trainer/contract/versions';
import { sql } from 'drizzle-orm';
import type { Deps } from '../context/deps.ts';
import { enforcesAll, listUnenforced } from '../exclusions/store.ts';
import { ProblemError } from '../http/problem-error.ts';
import { holderExists, requireLease } from '../leases/require-lease.ts';
import { UploadLost, WrongBytes } from '../objects/object-store.ts';
import { isSameManifest, manifestName } from './admit-version.ts';
import { keyOf, missingParts, restartUpload, uploadOf } from './artifact-upload.ts';
import { toView } from './read-versions.ts';
import {
  type ArtifactRow,
  findOfTask,
  listParts,
  type PartRow,
  recordCompletion,
  type StoredVersion,
  showVersion,
  type VersionRow,
} from './store.ts';

/**
 * Verifies every artifact of a task's version as a whole and makes the version visible. Repeating it after it worked
 * answers the same.
 *
 * @throws {ProblemError} `not_found`, `lease_lost`, `incomplete_upload`, `hash_mismatch`, `impossible_report`,
 * `exclusions_changed`, `version_exists` or `unavailable`
 */
export async function publishVersion(deps: Deps, taskId: string, fence: number): Promise<VersionView> {
  const { db, clock } = deps;
  await requireLease(deps, taskId, fence);
  const staged = await findOfTask(db, taskId);
  if (!staged) throw new ProblemError('incomplete_upload', `Task ${taskId} has not opened an upload.`);
  if (staged.version.status === 'visible') return toView(staged);

  const parts = await listParts(db, staged.version.id);
  refuseMissing(staged, parts);
  await completeAll(deps, staged, parts);
  const manifest = manifestSchema.parse(JSON.parse(staged.version.manifest));
  await refuseOtherManifest(deps, staged, manifest);

  const counts = { performers: manifest.performer_count, faces: manifest.face_count };
  const now = clock.now();
  const allowed = sql`${holderExists(db, taskId, fence, now)} AND ${enforcesAll(taskId)}`;
  if (!(await showVersion(db, staged.version, counts, { allowed, now }))) return settled(deps, staged, fence);
  deps.deliverSoon();
  await announce(deps, staged, counts);
  return toView(staged);
}

/** The error why the version could not be made visible, or the view when another call of the same task published it. */
async function settled(deps: Deps, { version }: StoredVersion, fence: number): Promise<VersionView> {
  await requireLease(deps, version.taskId, fence);
  const now = await findOfTask(deps.db, version.taskId);
  if (now?.version.id === version.id && now.version.status === 'visible') return toView(now);
  const unenforced = await listUnenforced(deps.db, version.taskId);
  if (unenforced.length > 0) throw exclusionsChanged(version.version, unenforced);
  throw new ProblemError(
    'version_exists',
    `Version ${version.version} exists already, or did: take the next number.`,
  );
}

function exclusionsChanged(version: string, ids: readonly number[]): ProblemError {
  return new ProblemError(
    'exclusions_changed',
    `Version ${version} does not enforce the exclusions ${ids.join(', ')}: enforce them, build it again, report them with ` +
      'PUT /api/leases/{task}/exclusions and publish again.',
  );
}

function refuseMissing({ artifacts }: StoredVersion, parts: readonly PartRow[]): void {
  const lacking = artifacts.flatMap((artifact) => {
    const missing = missingParts(artifact, parts);
    return missing.length === 0
      ? []
      : [`"${artifact.name}" lacks ${missing.length} (the first is ${missing[0]})`];
  });
  if (lacking.length === 0) return;
  throw new ProblemError(
    'incomplete_upload',
    `Parts are missing: ${lacking.join(', ')}. Open the upload again to learn which, and send them.`,
  );
}

async function completeAll(
  deps: Deps,
  { version, artifacts }: StoredVersion,
  parts: readonly PartRow[],
): Promise<void> {
  const left = artifacts.filter(({ isComplete }) => !isComplete);
  const done: string[] = [];
  const verify = async () => {
    for (const artifact of left.slice(0, deps.timings.artifactsPerPublish)) {
      await complete(deps, version, artifact, parts);
      done.push(artifact.name);
    }
  };
  await withCleanUp(verify, () => recordCompletion(deps.db, version.id, done));
  if (done.length === left.length) return;
  throw new ProblemError(
    'unavailable',
    `${artifacts.length - left.length + done.length} of ${artifacts.length} artifacts are verified so far: ask again for the others.`,
    { headers: { 'retry-after': '0' } },
  );
}

async function complete(
  deps: Deps,
  version: VersionRow,
  artifact: ArtifactRow,
  parts: readonly PartRow[],
): Promise<void> {
  const receipts = parts.filter((part) => part.artifact === artifact.name);
  try {
    await deps.objects.complete(uploadOf(version, artifact), artifact, receipts);
  } catch (error) {
    if (!(error instanceof WrongBytes || error instanceof UploadLost)) throw error;
    // Each part was verified when it arrived, so the store has lost or damaged data.
    await restartUpload(deps, version, artifact);
    throw new ProblemError(
      error instanceof WrongBytes ? 'hash_mismatch' : 'incomplete_upload',
      `"${artifact.name}" as a whole is not what was announced: ${error.message}. Open the upload again and send its parts once more.`,
      { cause: error },
    );
  }
}

async function refuseOtherManifest(
  { objects }: Deps,
  { version, artifacts }: StoredVersion,
  announced: Manifest,
): Promise<void> {
  const artifact = artifacts.find(({ name }) => name === manifestName);
  const found = artifact && (await objects.read(keyOf(version, artifact)));
  if (found && isSameManifest(await new Response(found.body).text(), announced)) return;
  throw new ProblemError(
    'impossible_report',
    `The uploaded ${manifestName} says something else than the manifest that was announced: open the upload again with the one in the file.`,
  );
}

async function announce(
  { record }: Deps,
  { version: { version, runId, taskId } }: StoredVersion,
  { performers, faces }: { performers: number; faces: number },
): Promise<void> {
  const message = `Version ${version} is published: ${performers} performers, ${faces} faces`;
  await record({ level: 'info', message, runId, taskId, fields: { version, performers, faces } });
}
