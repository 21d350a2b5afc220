import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiProblem, type Call } from '@trainer/shared/client';
import { emptyProgress } from '@trainer/shared/progress';
import { manifestSchema } from '@trainer/shared/versions';
import type { Catalog } from '../catalog/open-catalog.ts';
import type { Task, TaskResult } from '../lease/task.ts';
import { loadPack } from '../models/load-pack.ts';
import { uploadVersion } from '../upload/upload-version.ts';
import type { SigningKey } from '../versions/signing-key.ts';
import { MANIFEST } from '../versions/version-files.ts';
import { nextVersion } from '../versions/version-number.ts';
import {
  type VersionOrder,
  type VersionProgress,
  type WrittenVersion,
  writeVersion,
} from '../versions/write-version.ts';
import { packKey } from './pack-key.ts';

export interface PublishDeps {
  catalog: Catalog;
  /** Repeats what fails in passing. */
  session: Call;
  /** Versions are made here, in a folder per task. */
  stagingDir: string;
  signingKey: SigningKey;
  now: () => Date;
}

const LABELS: Record<VersionProgress['stage'], string> = {
  database: 'writing the performers',
  vectors: 'collecting the vectors',
  index: 'building the index',
  measure: 'measuring recognition',
  pack: 'packing',
  verify: 'reading back and checking',
};

/**
 * Writes a version of what the catalog holds, verifies it, uploads it and has it published. Taken up again after a crash, it
 * goes on with the files of the attempt before.
 *
 * @throws VersionError, ApiProblem or the reason of the task's signals
 */
export async function publish(task: Task, deps: PublishDeps): Promise<TaskResult> {
  const { lease } = task;
  const stagingDir = join(deps.stagingDir, lease.task_id);
  // A version has no performer in hand to finish: stopping means now.
  const signal = AbortSignal.any([task.stop, task.signal]);
  await removeOthers(deps.stagingDir, lease.task_id);
  const order = await orderVersion(task, stagingDir, signal, deps);
  const written = await writeVersion(deps.catalog, order);
  const view = await upload(written, task, signal, deps);
  task.report({ ...emptyProgress(), activity: null });
  task.log.info(`Version ${view.version} is published`, {
    performers: view.performers,
    faces: view.faces,
    reused: written.reused,
  });
  return { outcome: 'done' };
}

async function orderVersion(
  { lease, report }: Task,
  stagingDir: string,
  signal: AbortSignal,
  { session, signingKey: key, now }: PublishDeps,
): Promise<VersionOrder> {
  const pack = loadPack(lease.params.model_pack);
  const staged = await stagedVersion(stagingDir);
  // Published already, when the answer to that got lost: the same once more, and not another one.
  const isOurs = staged !== null && staged.version === lease.latest_version;
  const parent = isOurs ? staged.parent_version : lease.latest_version;
  return {
    version: isOurs ? staged.version : nextVersion(lease.latest_version, now()),
    stagingDir,
    pack,
    packKey: packKey(pack),
    sources: lease.params.sources,
    configRevision: lease.config_revision,
    parent: parent === null ? null : await countsOf(parent, session, signal),
    key,
    now,
    signal,
    onProgress: ({ stage, done, total }) =>
      report({ ...emptyProgress(), activity: { label: LABELS[stage], done, total } }),
  };
}

async function countsOf(
  version: string,
  session: Call,
  signal: AbortSignal,
): Promise<VersionOrder['parent']> {
  try {
    const view = await session('GET /api/versions/{version}', { params: { version }, signal });
    return { version, performer_count: view.performers, face_count: view.faces };
  } catch (error) {
    // Removed since. Its number is taken for good, but there is nothing left to compare with.
    if (error instanceof ApiProblem && error.code === 'not_found') return null;
    throw error;
  }
}

function upload(
  { dir, filename, artifacts, manifest, quality }: WrittenVersion,
  { lease, report }: Task,
  signal: AbortSignal,
  { session }: PublishDeps,
) {
  const staged = {
    version: manifest.version,
    filename,
    artifacts: artifacts.map((artifact) => ({ ...artifact, path: join(dir, artifact.name) })),
    manifest,
    quality,
  };
  const onProgress = (done: number, total: number) =>
    report({ ...emptyProgress(), activity: { label: 'uploading', done, total } });
  return uploadVersion(staged, { session, lease, signal, onProgress });
}

/** What an earlier attempt of this task has made, as far as it says so itself. */
async function stagedVersion(dir: string) {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(dir, MANIFEST), 'utf8')));
  } catch {
    return null;
  }
}

/** Files of earlier tasks, which have been uploaded or given up. The newest stay until then, for a lost last answer. */
async function removeOthers(stagingDir: string, taskId: string): Promise<void> {
  const names = await readdir(stagingDir).catch(() => []);
  const others = names.filter((name) => name !== taskId && name !== `${taskId}.partial`);
  for (const name of others) await rm(join(stagingDir, name), { recursive: true, force: true });
}
