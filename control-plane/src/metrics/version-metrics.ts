import { gauge, type Metric, type Sample } from './exposition.ts';
import type { Figures } from './read-figures.ts';
import { secondsSince, some } from './samples.ts';

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
