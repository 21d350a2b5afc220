import { finalRunStatuses, runStatuses, taskKinds, taskStatuses } from '@trainer/contract/runs';
import { counter, gauge, type Metric, type Sample, seconds, secondsSince, some } from './exposition.ts';
import type { Figures } from './read-figures.ts';

/** Runs, how long they wait for their turn, and the tasks of the one that matters now. */
export function runMetrics({ byStatus, queue, byTask }: Figures, now: number): Metric[] {
  const rowOf = (status: string) => byStatus.find((row) => row.status === status);
  const countOf = (status: string) => ({ labels: { status }, value: rowOf(status)?.count ?? 0 });
  const waitingSince = queue?.waitingSince ?? now;
  return [
    counter('trainer_runs_finished_total', 'Runs that ended, by how.', finalRunStatuses.map(countOf)),
    gauge(
      'trainer_run_finished_age_seconds',
      'Time since a run last ended this way; absent while none has.',
      finalRunStatuses.flatMap((status) =>
        some(rowOf(status)?.lastFinishedAt, (at) => ({ labels: { status }, value: secondsSince(at, now) })),
      ),
    ),
    gauge('trainer_runs_unfinished', 'Runs that wait or are active.', unfinishedStatuses.map(countOf)),
    gauge(
      'trainer_run_queue_seconds',
      'How long the newest run that began had waited for its turn.',
      some(queue?.waitedMs, (ms) => ({ value: seconds(Math.max(0, ms)) })),
    ),
    gauge(
      'trainer_run_waiting_seconds',
      'How long the oldest queued run has waited so far; 0 while none does.',
      [{ value: secondsSince(waitingSince, now) }],
    ),
    gauge(
      'trainer_run_number',
      'The active run, or else the newest: the one that trainer_tasks is about.',
      some(byTask[0], ({ runId }) => ({ value: runId })),
    ),
    gauge('trainer_tasks', 'Tasks of that run.', byTask.length === 0 ? [] : taskCounts(byTask)),
  ];
}

const unfinishedStatuses = Object.keys(runStatuses).filter((status) => {
  const final: readonly string[] = finalRunStatuses;
  return !final.includes(status);
});

function taskCounts(byTask: Figures['byTask']) {
  return taskKinds.flatMap((kind) =>
    Object.keys(taskStatuses).map((status) => ({
      labels: { kind, status },
      value: byTask.find((row) => row.kind === kind && row.status === status)?.count ?? 0,
    })),
  );
}

/** How many versions there are, and what the newest holds. */
export function versionMetrics({ visible, newest }: Figures, now: number): Metric[] {
  const ofNewest = (figure: (version: NonNullable<typeof newest>) => number): Sample[] =>
    some(newest, (version) => ({ value: figure(version) }));
  const performers = ofNewest((version) => version.performers);
  const faces = ofNewest((version) => version.faces);
  const bytes = ofNewest((version) => version.bytes);
  const age = ofNewest(({ created }) => secondsSince(Date.parse(created), now));
  return [
    gauge('trainer_versions_visible', 'Versions that can be downloaded.', [{ value: visible }]),
    gauge('trainer_version_performers', 'Performers in the newest version.', performers),
    gauge('trainer_version_faces', 'Faces in the newest version.', faces),
    gauge('trainer_version_bytes', 'All artifacts of the newest version together.', bytes),
    gauge(
      'trainer_version_age_seconds',
      'Time since the newest version was made, by its runner’s clock.',
      age,
    ),
  ];
}
