import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiProblem, type Call } from '@trainer/contract/client';
import type { Lease } from '@trainer/contract/leases';
import { emptyProgress } from '@trainer/contract/progress';
import type { VersionView } from '@trainer/contract/versions';
import type { CatalogDatabase } from '../catalog/database.ts';
import { runKey } from '../catalog/fences.ts';
import { listPerformersWithoutRecords } from '../catalog/find-record.ts';
import { isCreator, type SourceDefinitions } from '../catalog/source-definitions.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { enforceExclusions } from '../exclusions/enforce-exclusions.ts';
import { explainUnknownFaces } from '../exclusions/excluded-faces.ts';
import type { ExclusionFilter } from '../exclusions/exclusion-filter.ts';
import { type ListExclusions, openExclusionFilter } from '../exclusions/open-exclusion-filter.ts';
import type { Task, TaskResult } from '../lease/task.ts';
import { loadPack } from '../models/load-pack.ts';
import { packKey } from '../models/pack.ts';
import { reportRunTraffic } from '../progress/report-traffic.ts';
import { refreshIdentity } from '../reconcile/reconcile.ts';
import { uploadVersion } from '../upload/upload-version.ts';
import type { ContentFilter, SelectedPerformer } from '../versions/select-content.ts';
import type { SigningKey } from '../versions/signing-key.ts';
import { nextVersion, VersionError } from '../versions/version-files.ts';
import {
  type VersionProgress,
  type VersionRequest,
  type WrittenVersion,
  writeVersion,
} from '../versions/write-version.ts';

export interface PublishDeps {
  catalog: CatalogWriter;
  /** Repeats what fails in passing. */
  session: Call;
  listExclusions: ListExclusions;
  /** Versions are made here, in a folder per task. */
  stagingDir: string;
  signingKey: SigningKey;
  now: () => Date;
}

const LABELS: Record<VersionProgress['stage'], string> = {
  database: 'writing the performers',
  vectors: 'collecting the vectors',
  index: 'building the index',
  check: 'looking for everybody',
  measure: 'measuring recognition',
  pack: 'packing',
  verify: 'reading back and checking',
};

/**
 * Shows out whoever must not be in a version, writes one of what the catalog holds then, verifies it, uploads it and has it
 * published; once more from the start when an exclusion was added meanwhile. Taken up again after a crash, it goes on with the
 * files of the attempt before.
 *
 * @throws VersionError, ApiProblem or the reason of the task's signals
 */
export async function publish(task: Task, deps: PublishDeps): Promise<TaskResult> {
  const { lease } = task;
  const stagingDir = join(deps.stagingDir, lease.task_id);
  // A version has no performer in hand to finish: stopping means now.
  const signal = AbortSignal.any([task.stop, task.signal]);
  await removeOthers(deps.stagingDir, lease.task_id);
  const latest = await readLatest(lease, signal, deps);
  if (latest?.run_id === lease.run_id) {
    // Here or at another runner: only the word that it is done has not arrived.
    task.log.info(`Version ${latest.version} was published by this run already`);
  } else {
    const order = orderVersion(task, latest, stagingDir, signal, deps);
    await settleIdentity(task, order, deps);
    const { view, reused } = await writeAndUpload(order, task, signal, deps);
    const { performers, faces } = view;
    task.log.info(`Version ${view.version} is published`, { performers, faces, reused });
  }
  task.report({ ...emptyProgress(), activity: null });
  await reportRunTraffic(deps.catalog, runKey(lease), task.log);
  return { outcome: 'done' };
}

/**
 * What hangs on merged or deleted records is repaired, decisions are carried out, suspicions found, and new faces held against
 * those of all other performers.
 */
async function settleIdentity(
  { log, report }: Task,
  { pack: { matching }, packKey: pack, signal }: Order,
  { catalog }: PublishDeps,
): Promise<void> {
  const onProgress = (done: number, total: number) =>
    report({ ...emptyProgress(), activity: { label: 'comparing new faces with all others', done, total } });
  const found = await refreshIdentity(catalog, { pack, matching, signal, onProgress });
  if (Object.values(found.repaired).some((count) => count > 0)) {
    log.info('Faces that hung on merged or deleted records were brought to where they belong', {
      ...found.repaired,
    });
  }
  await requireLiveRecords(catalog);
  if (found.heldBack === 0) return;
  log.info('Faces are held back that are nearer to another performer than to their own: see the reviews', {
    faces: found.heldBack,
  });
}

type Order = VersionRequest & { signal: AbortSignal };

async function writeAndUpload(order: Order, task: Task, signal: AbortSignal, deps: PublishDeps) {
  for (let before: string | undefined; ; ) {
    const limits = await enforce(task, order, deps);
    const written = await writeVersion(deps.catalog, { ...order, ...limits });
    try {
      return { view: await upload(written, task, signal, deps), reused: written.reused };
    } catch (error) {
      const digest = limits.exclusions?.digest;
      const isNews = error instanceof ApiProblem && error.code === 'exclusions_changed' && digest !== before;
      if (!isNews) throw error;
      before = digest;
      task.log.info('An exclusion was added while the version was made: it is made anew without that person');
    }
  }
}

/**
 * Cleans the catalog and tells the control plane what the version will keep to.
 *
 * @throws Error when an exclusion by face cannot be told in this pack
 */
async function enforce(
  { lease, log, report }: Task,
  { packKey: pack, signal }: Order,
  { catalog, session, listExclusions }: PublishDeps,
): Promise<Pick<VersionRequest, 'filter' | 'exclusions'>> {
  report({ ...emptyProgress(), activity: { label: 'looking for who must stay out', done: 0, total: null } });
  const exclusionFilter = await openExclusionFilter(catalog, listExclusions, signal);
  const unknown = exclusionFilter.unknownFaces(pack);
  if (unknown.length > 0) throw new Error(explainUnknownFaces(unknown, pack));
  const { enforced, left, isScrubbed } = await enforceExclusions(catalog, exclusionFilter, signal);
  if (Object.keys(left).length > 0) log.info('Performers were removed from the catalog for good', left);
  if (!isScrubbed) log.warn('The catalog is being read elsewhere: its write-ahead log is emptied later');
  await session('PUT /api/leases/{task}/exclusions', {
    params: { task: lease.task_id },
    body: { fence: lease.fence, enforced },
    signal,
  });
  return {
    filter: contentFilter(exclusionFilter, catalog.sources),
    exclusions: stampOf(enforced.map(({ id }) => id)),
  };
}

function stampOf(ids: readonly number[]): NonNullable<VersionRequest['exclusions']> {
  const sorted = ids.toSorted((a, b) => a - b);
  return { enforced: ids.length, digest: createHash('sha256').update(sorted.join()).digest('hex') };
}

function orderVersion(
  { lease, report }: Task,
  latest: VersionView | null,
  stagingDir: string,
  signal: AbortSignal,
  { signingKey: key, now }: PublishDeps,
): Order {
  const pack = loadPack(lease.params.model_pack);
  return {
    version: nextVersion(lease.latest_version, now()),
    stagingDir,
    pack,
    packKey: packKey(pack),
    sources: lease.params.sources,
    configRevision: lease.config_revision,
    parent: latest && {
      version: latest.version,
      performer_count: latest.performers,
      face_count: latest.faces,
    },
    key,
    now,
    signal,
    onProgress: ({ stage, done, total }) =>
      report({ ...emptyProgress(), activity: { label: LABELS[stage], done, total } }),
  };
}

async function readLatest(
  { latest_version: version }: Lease,
  signal: AbortSignal,
  { session }: PublishDeps,
): Promise<VersionView | null> {
  if (version === null) return null;
  try {
    return await session('GET /api/versions/{version}', { params: { version }, signal });
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

/** Files of earlier tasks, which have been uploaded or given up. */
async function removeOthers(stagingDir: string, taskId: string): Promise<void> {
  const names = await readdir(stagingDir).catch(() => []);
  const others = names.filter((name) => name !== taskId && name !== `${taskId}.partial`);
  for (const name of others) await rm(join(stagingDir, name), { recursive: true, force: true });
}

/**
 * The check before a version is made: a face under a performer that no source has any more would be lost to the person that
 * it shows.
 *
 * @throws VersionError `not_sound`, with the performers
 */
export async function requireLiveRecords(database: CatalogDatabase): Promise<void> {
  const orphans = await listPerformersWithoutRecords(database);
  if (orphans.length === 0) return;
  const faces = orphans.reduce((sum, each) => sum + each.faces, 0);
  const named = orphans
    .slice(0, 5)
    .map(({ performerId, records }) => `${performerId} (${records.slice(0, 3).join(', ') || 'no record'})`);
  throw new VersionError(
    'not_sound',
    `${faces} faces of the catalog belong to ${orphans.length} performers without a live record: ${named.join('; ')}. ` +
      'No version is made of such a catalog: `runner catalog check` lists them, and a full run of their sources fetches what is missing',
  );
}

/**
 * What may be in a version: what creating sources say, about performers who are not excluded. The catalog was cleaned before;
 * this also covers what was added since.
 */
export function contentFilter(exclusionFilter: ExclusionFilter, sources: SourceDefinitions): ContentFilter {
  return {
    keepsRecord: ({ endpoint }) => isCreator(sources, endpoint),
    keepsPerformer: (performer) => exclusionFilter.refusalOfHeld(asHeld(performer)) === null,
    keepsFace: () => true,
  };
}

function asHeld({ id, records }: SelectedPerformer) {
  return {
    id,
    records: records.map((record) => ({
      ...record,
      urls: record.urls.map(({ url }) => url),
      isLive: true,
    })),
  };
}
