import type { RunDetail } from '@trainer/contract/runs';

export interface Build {
  run: RunDetail;
  /** Where the version's zip lies now; null when nothing was published. */
  zip: string | null;
}

/** What a build has come to, and what can be done with it. */
export function describeBuild({ run, zip }: Build): string {
  const lines = run.status === 'completed' ? published(run) : notPublished(run);
  const look = zip
    ? ['', `The version is in ${zip}`, `Look into it: npm run runner -- versions inspect ${zip}`]
    : [];
  return ['', ...lines, ...look].join('\n');
}

function published({
  id,
  version,
  performers,
  faces,
  tasks,
  started_at,
  finished_at,
  diff,
}: RunDetail): string[] {
  const images = tasks.reduce((sum, { progress }) => sum + progress.images, 0);
  const rejections = tasks.flatMap(({ progress }) => Object.entries(progress.rejections));
  return [
    `Run ${id} has published version ${version} in ${secondsBetween(started_at, finished_at)} s: ${performers} performers with ${faces} faces.`,
    `Images analysed: ${images}${images === 0 ? ' (nothing has changed since the build before)' : ''}.`,
    ...(rejections.length > 0
      ? [
          `Turned down: ${rejections.map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`).join(', ')}.`,
        ]
      : []),
    ...(diff
      ? [
          `Against run ${diff.against}: ${signed(diff.performers_delta)} performers, ${signed(diff.faces_delta)} faces.`,
        ]
      : []),
  ];
}

function notPublished({ id, status, reason, tasks }: RunDetail): string[] {
  const reasons = tasks
    .filter((task) => task.reason)
    .map((task) => `  ${task.id} is ${task.status}: ${task.reason}`);
  return [`Run ${id} is ${status} and has published nothing${reason ? `: ${reason}` : '.'}`, ...reasons];
}

function secondsBetween(from: string | null, to: string | null): string {
  return from && to ? ((Date.parse(to) - Date.parse(from)) / 1_000).toFixed(1) : '?';
}

function signed(delta: number): string {
  return delta > 0 ? `+${delta}` : `${delta}`;
}
