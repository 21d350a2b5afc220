import type { Progress } from '@trainer/contract/progress';
import type { RunDetail, TaskView } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import { ago, type World } from './world.ts';

export const noProgress: Progress = {
  performers_processed: 0,
  performers_total: null,
  performers_unchanged: 0,
  images: 0,
  faces_added: 0,
  rejections: {},
  errors: 0,
  requests: 0,
  bytes: 0,
  waited_ms: 0,
  hosts: {},
  activity: null,
};

/** What a source looks like after `processed` of `total` performers, in the proportions of a real catalog. */
export function progressAfter(processed: number, total: number, errors = 0): Progress {
  const images = Math.round(processed * 3.4);
  return {
    ...noProgress,
    performers_processed: processed,
    performers_total: total,
    performers_unchanged: Math.round(processed * 0.62),
    images,
    faces_added: Math.round(images * 0.41),
    rejections: {
      no_face: Math.round(images * 0.08),
      face_too_small: Math.round(images * 0.05),
      multi_face: Math.round(images * 0.04),
      low_confidence: Math.round(images * 0.02),
      extreme_angle: Math.round(images * 0.006),
    },
    errors,
    requests: Math.round(processed * 1.4),
    bytes: images * 184_000,
    waited_ms: processed * 210,
  };
}

export function makeTask(
  run: number,
  kind: TaskView['kind'],
  source: SourceId | null,
  change: Partial<TaskView>,
): TaskView {
  return {
    id: `${run}.${source ?? kind}`,
    kind,
    source,
    status: 'waiting',
    reason: 'its run has not begun',
    actor: 'control plane',
    attempts: 0,
    runner: null,
    started_at: null,
    finished_at: null,
    lease_expires_at: null,
    progress: noProgress,
    pace: { per_minute: null, eta_s: null, is_guess: true },
    ...change,
  };
}

export function makeRun(
  world: Pick<World, 'now'>,
  id: number,
  minutesAgo: number,
  change: Partial<RunDetail>,
): RunDetail {
  const run: RunDetail = {
    id,
    status: 'queued',
    reason: null,
    requested_by: 'owner (dashboard)',
    actor: null,
    created_at: ago(world, minutesAgo),
    started_at: null,
    finished_at: null,
    params: {
      sources: ['stashdb', 'theporndb', 'fansdb', 'freeones', 'thenude'],
      enable_faces: true,
      max_faces_per_source: 5,
      max_faces_total: 12,
      reference_mode: 'url',
      full: false,
      model_pack: 'stash-sense',
    },
    config_revision: 3,
    performers_processed: 0,
    performers_total: null,
    faces_added: 0,
    errors: 0,
    pace: { per_minute: null, eta_s: null, is_guess: true },
    version: null,
    performers: null,
    faces: null,
    tasks: [],
    diff: null,
    ...change,
  };
  return { ...run, ...sums(run.tasks) };
}

/** The run's own figures are the sums over its tasks, the total over those that know theirs. */
export function sums(tasks: readonly TaskView[]) {
  const sum = (pick: (progress: Progress) => number) =>
    tasks.reduce((all, { progress }) => all + pick(progress), 0);
  const isTotalKnown = tasks.some(({ progress }) => progress.performers_total !== null);
  return {
    performers_processed: sum((progress) => progress.performers_processed),
    performers_total: isTotalKnown ? sum((progress) => progress.performers_total ?? 0) : null,
    faces_added: sum((progress) => progress.faces_added),
    errors: sum((progress) => progress.errors),
  };
}

/** A run that went well: every task done, a version published. */
export function completedRun(
  world: Pick<World, 'now'>,
  id: number,
  minutesAgo: number,
  version: string,
): RunDetail {
  const done = { status: 'done', attempts: 1, runner: 'tower', actor: 'tower', reason: 'finished' } as const;
  const times = { started_at: ago(world, minutesAgo), finished_at: ago(world, minutesAgo - 74) };
  const task = (kind: TaskView['kind'], source: SourceId | null, progress: Progress) =>
    makeTask(id, kind, source, { ...done, ...times, progress });
  return makeRun(world, id, minutesAgo, {
    status: 'completed',
    reason: 'published a version',
    actor: 'tower',
    ...times,
    version,
    performers: 48_210 + id * 131,
    faces: 171_940 + id * 907,
    diff: { against: id - 1, performers_delta: 131, faces_delta: 907 },
    tasks: [
      task('ingest', 'stashdb', progressAfter(31_204, 31_204, 3)),
      task('ingest', 'theporndb', progressAfter(14_870, 14_870)),
      task('ingest', 'fansdb', progressAfter(6_012, 6_012)),
      makeTask(id, 'enrich', 'freeones', {
        ...times,
        status: 'failed',
        attempts: 3,
        runner: 'tower',
        actor: 'tower',
        reason: 'www.freeones.com answered 403 to 20 requests in a row; it may want another user agent',
        progress: progressAfter(412, 8_120, 20),
      }),
      task('enrich', 'thenude', progressAfter(2_204, 2_204, 1)),
      task('publish', null, noProgress),
    ],
  });
}

/** A run in its ingest stage. */
export function runningRun(world: Pick<World, 'now'>, id: number): RunDetail {
  const leased = {
    status: 'leased',
    reason: 'leased to tower',
    attempts: 1,
    runner: 'tower',
    actor: 'tower',
    started_at: ago(world, 23),
    lease_expires_at: ago(world, -0.2),
  } as const;
  return makeRun(world, id, 24, {
    status: 'running',
    started_at: ago(world, 23),
    pace: { per_minute: 812, eta_s: 2_140, is_guess: false },
    tasks: [
      makeTask(id, 'ingest', 'stashdb', {
        ...leased,
        progress: progressAfter(12_480, 31_260, 2),
        pace: { per_minute: 541, eta_s: 2_080, is_guess: false },
      }),
      makeTask(id, 'ingest', 'theporndb', {
        ...leased,
        progress: progressAfter(6_240, 14_902),
        pace: { per_minute: 271, eta_s: 1_920, is_guess: true },
      }),
      makeTask(id, 'ingest', 'fansdb', {
        status: 'failed',
        attempts: 1,
        runner: 'tower',
        actor: 'tower',
        started_at: ago(world, 23),
        finished_at: ago(world, 22),
        reason: 'fansdb.cc refused the API key (401): check FANSDB_API_KEY on the runner',
        progress: { ...progressAfter(0, 0, 1), performers_total: 0 },
      }),
      makeTask(id, 'enrich', 'freeones', {}),
      makeTask(id, 'enrich', 'thenude', {}),
      makeTask(id, 'publish', null, {}),
    ],
  });
}
