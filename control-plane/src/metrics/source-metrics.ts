import type { Progress } from '@trainer/contract/progress';
import { parseProgress } from '../runs/parse-row.ts';
import { gauge, type Metric, seconds } from './exposition.ts';
import type { Figures } from './read-figures.ts';

/**
 * What each source gave in the newest run that worked on it, as its runner last reported. These are gauges: the next run
 * begins again at nothing, and a task that is resumed may report less than before.
 */
export function sourceMetrics({ sources }: Figures): Metric[] {
  const reported = sources.map(({ source, ...task }) => ({ source, progress: parseProgress(task) }));
  const figure = (name: string, help: string, read: (progress: Progress) => number) =>
    gauge(
      name,
      help,
      reported.map(({ source, progress }) => ({ labels: { source }, value: read(progress) })),
    );
  return [
    gauge(
      'trainer_source_run_number',
      'The newest run that worked on the source, and how its task is.',
      sources.map(({ source, kind, status, runId }) => ({ labels: { source, kind, status }, value: runId })),
    ),
    figure('trainer_source_performers_processed', 'Performers processed.', (it) => it.performers_processed),
    figure('trainer_source_images', 'Images looked at.', ({ images }) => images),
    figure(
      'trainer_source_images_retired',
      'Images that the source no longer lists.',
      (it) => it.images_retired ?? 0,
    ),
    figure('trainer_source_faces_added', 'Faces added.', (it) => it.faces_added),
    gauge(
      'trainer_source_rejections',
      'Images and faces rejected, by reason.',
      reported.flatMap(({ source, progress }) =>
        Object.entries(progress.rejections).map(([reason, value]) => ({ labels: { source, reason }, value })),
      ),
    ),
    figure('trainer_source_errors', 'Errors.', ({ errors }) => errors),
    figure('trainer_source_requests', 'Requests made.', ({ requests }) => requests),
    figure('trainer_source_received_bytes', 'Bytes received.', ({ bytes }) => bytes),
    figure('trainer_source_waited_seconds', 'Time spent waiting for rate limits and Retry-After.', (it) =>
      seconds(it.waited_ms),
    ),
  ];
}
