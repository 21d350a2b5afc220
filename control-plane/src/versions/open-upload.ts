import { limits } from '@trainer/contract/limits';
import { type openUploadSchema, partCount, type Upload } from '@trainer/contract/versions';
import type { z } from 'zod';
import type { Deps } from '../context/deps.ts';
import type { TaskRow } from '../db/schema/runs.ts';
import { ProblemError } from '../http/problem-error.ts';
import { holderExists, leaseLost, requireLease } from '../leases/require-lease.ts';
import { admitVersion, canonical } from './admit-version.ts';
import { missingParts } from './artifact-upload.ts';
import { sweepRemoved } from './remove-version.ts';
import {
  findOfTask,
  isNumberUsed,
  listParts,
  type PartRow,
  type StoredVersion,
  stageVersion,
} from './store.ts';

type Announced = z.output<typeof openUploadSchema>;

/**
 * Opens or resumes the upload of a task's version and says which parts are missing. Asked again with other files, it
 * drops those that were uploaded before. A task that has published its version gets the same answer as ever for the
 * same files, with nothing missing.
 *
 * @throws {ProblemError} `not_found`, `lease_lost`, `impossible_report`, `version_exists`, or `unavailable` while there is no room for it
 */
export async function openUpload(deps: Deps, taskId: string, announced: Announced): Promise<Upload> {
  const { db, clock } = deps;
  const { task } = await requireLease(deps, taskId, announced.fence);
  if (task.kind !== 'publish') {
    throw new ProblemError(
      'impossible_report',
      `Task ${taskId} is an ${task.kind} task: only publishing makes a version.`,
    );
  }
  const objection = admitVersion(announced);
  if (objection) throw new ProblemError('impossible_report', objection);
  const { version, filename, artifacts, manifest, quality, fence } = announced;
  const summary = canonical({ version, filename, artifacts });
  await refuseExisting(deps, task, version, summary);
  await refuseWithoutRoom(deps, taskId, artifacts);

  const row = { version, filename, taskId, runId: task.runId, announced: summary, touchedAt: clock.now() };
  const held = holderExists(db, taskId, fence, clock.now());
  const texts = { manifest: JSON.stringify(manifest), quality: JSON.stringify(quality) };
  await stageVersion(db, { ...row, ...texts }, artifacts, held);
  await sweepRemoved(deps);
  const staged = await findOfTask(db, taskId);
  if (staged?.version.announced !== summary) throw leaseLost(task, fence);
  return toUpload(staged, await listParts(db, staged.version.id));
}

/**
 * Versions are immutable, so a number is never reused: a sidecar with a removed version would consider itself up to date.
 */
async function refuseExisting(
  { db }: Deps,
  { id: taskId, runId }: TaskRow,
  version: string,
  summary: string,
): Promise<void> {
  const own = await findOfTask(db, taskId);
  if (own?.version.status === 'visible') {
    if (own.version.announced === summary) return;
    throw new ProblemError(
      'version_exists',
      `Task ${taskId} has published version ${own.version.version} already, and a task makes one version: complete the task.`,
    );
  }
  if (await isNumberUsed(db, version, runId)) {
    throw new ProblemError(
      'version_exists',
      `Version ${version} exists already, or did: take the next number.`,
    );
  }
}

/** Checked before the first byte, because a full disk stops everything else too. Parts that are stored already are not counted. */
async function refuseWithoutRoom(
  deps: Deps,
  taskId: string,
  artifacts: Announced['artifacts'],
): Promise<void> {
  const total = artifacts.reduce((sum, { size }) => sum + size, 0);
  const own = await findOfTask(deps.db, taskId);
  const stored = own ? await listParts(deps.db, own.version.id) : [];
  const shortage = deps.shortage(Math.max(0, total - stored.length * limits.uploadPartBytes));
  if (shortage === null) return;
  throw new ProblemError(
    'unavailable',
    `The version cannot be taken now. ${shortage}. The upload then goes on by itself.`,
    {
      headers: { 'retry-after': '30' },
    },
  );
}

function toUpload({ version, artifacts }: StoredVersion, parts: readonly PartRow[]): Upload {
  return {
    version: version.version,
    part_bytes: limits.uploadPartBytes,
    artifacts: artifacts.map((artifact) => ({
      name: artifact.name,
      parts: partCount(artifact.size),
      missing: missingParts(artifact, parts),
    })),
  };
}
