import { visible } from '@trainer/contract/visible';
import type { VersionPerformer, VersionReader, VersionStats } from '../versions/read-version.ts';
import type { VersionProblem } from '../versions/verify-version.ts';
import { table } from './format.ts';

export interface VersionFindings {
  manifest: Record<string, unknown>;
  stats: VersionStats;
  problems: VersionProblem[];
  /** Performers that were searched for; null when nobody searched. */
  performers: VersionPerformer[] | null;
}

export async function inspectVersion(
  reader: VersionReader,
  search: string | undefined,
): Promise<VersionFindings> {
  const problems = await reader.verify();
  return {
    manifest: reader.manifest,
    stats: reader.stats(),
    problems,
    performers: search === undefined ? null : reader.search(search),
  };
}

/** For people: what it is, what it holds, and whether it is sound. */
export function describeVersion({ manifest, stats, problems, performers }: VersionFindings): string {
  const ids = Object.entries(stats.stashbox_ids).map(([endpoint, count]) => `${endpoint} ${count}`);
  const rows = [
    ['version', String(manifest.version)],
    ['made', `${manifest.created_at} with model pack ${manifest.model_pack ?? 'unknown'}`],
    ['performers', `${stats.performers}, of them ${stats.performers_with_faces} with faces`],
    ['faces', String(stats.faces)],
    ['aliases', String(stats.aliases)],
    ['stash-box ids', ids.join(', ') || 'none'],
    ['sound', problems.length === 0 ? 'yes: every file holds against the others' : 'no'],
  ];
  const lines = [table(rows), ...problems.map(({ file, message }) => visible(`  ${file}: ${message}`))];
  if (performers)
    lines.push(performers.length === 0 ? 'Nobody by that name.' : table(performers.map(performerRow)));
  return lines.join('\n');
}

function performerRow(performer: VersionPerformer): string[] {
  const name = performer.disambiguation
    ? `${performer.canonical_name} (${performer.disambiguation})`
    : performer.canonical_name;
  return [`  ${performer.id}`, name, performer.universal_id ?? '', `${performer.face_count} faces`];
}
