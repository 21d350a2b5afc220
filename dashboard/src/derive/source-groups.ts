import type { SourceView } from '@trainer/contract/leases';

type SourceKind = SourceView['kind'];

const kinds = [
  ['stash-box', 'Stash-boxes', 'create performers; their metadata is authoritative'],
  ['folder', 'Local folder', 'one folder per performer on the runner’s own disk'],
  ['stash', 'Your Stash', 'your own Stash server'],
  ['reference-site', 'Reference sites', 'only add faces to known performers'],
] as const satisfies [SourceKind, string, string][];

export interface SourceGroup<T> {
  kind: SourceKind;
  title: string;
  description: string;
  sources: T[];
}

/** Sources by kind, in the order in which a run uses them; empty groups are left out. */
export function groupSources<T extends Pick<SourceView, 'kind'>>(all: readonly T[]): SourceGroup<T>[] {
  const known = kinds.map(([kind, title, description]) => ({
    kind,
    title,
    description,
    sources: all.filter((source) => source.kind === kind),
  }));
  const others = all.filter(({ kind }) => !kinds.some(([each]) => each === kind));
  const rest = {
    kind: 'unknown',
    title: 'Others',
    description: 'of a kind that this page does not support',
    sources: others,
  };
  return [...known, rest].filter((group) => group.sources.length > 0);
}
