import type { RecordNode } from './record-node.ts';

/** A cluster with the performer that it is. */
export interface Assigned {
  nodes: RecordNode[];
  /** Null: a new performer, whose origin is `origin`. */
  performerId: number | null;
  /** The record that first asked for the performer. */
  origin: RecordNode;
}

export interface Assignment {
  clusters: Assigned[];
  /** Performers that nobody is any more, and whose place another one takes. */
  absorbed: { performerId: number; into: number }[];
  /** Performers that lost some of their records to others. */
  parted: number[];
}

/**
 * Gives every cluster a performer, so that ids stay as long as possible: a performer stays with the record that first asked
 * for it, and a cluster that several performers stay with is the one whose record is still there, then the oldest.
 *
 * @param ghosts records that no longer count by themselves, with the cluster's record that took their place
 * @param origins the record that first asked for each performer
 */
export function assignPerformers(
  clusters: readonly RecordNode[][],
  ghosts: ReadonlyMap<RecordNode, RecordNode>,
  origins: ReadonlyMap<number, string>,
): Assignment {
  const members = clusters.map((nodes) => ({
    nodes,
    ghosts: [...ghosts].filter(([, into]) => nodes.includes(into)).map(([ghost]) => ghost),
  }));
  type Members = (typeof members)[number];
  const claims = new Map<Members, number[]>(members.map((each) => [each, []]));
  for (const performerId of performersOf(members.flatMap(everyone))) {
    const origin = origins.get(performerId);
    const holding = members.filter((each) => everyone(each).some((node) => node.performerId === performerId));
    const home =
      holding.find((each) => everyone(each).some(({ ref }) => ref === origin)) ??
      holding.toSorted((a, b) => oldest(a, performerId) - oldest(b, performerId))[0];
    if (home) claims.get(home)?.push(performerId);
  }
  const chosen = members.map((each) => {
    const ids = (claims.get(each) ?? []).toSorted((a, b) => a - b);
    const isAtHome = (id: number) => each.nodes.some(({ ref }) => ref === origins.get(id));
    return { ...each, claimed: ids, performerId: ids.find(isAtHome) ?? ids[0] ?? null };
  });
  return {
    clusters: chosen.map(({ nodes, performerId }) => ({ nodes, performerId, origin: first(nodes) })),
    absorbed: chosen.flatMap(({ claimed, performerId: into }) =>
      into === null ? [] : claimed.filter((id) => id !== into).map((performerId) => ({ performerId, into })),
    ),
    parted: performersOf(members.flatMap(everyone)).filter(
      (id) => members.filter(({ nodes }) => nodes.some(({ performerId }) => performerId === id)).length > 1,
    ),
  };
}

function everyone({ nodes, ghosts }: { nodes: RecordNode[]; ghosts: RecordNode[] }): RecordNode[] {
  return [...nodes, ...ghosts];
}

function performersOf(nodes: RecordNode[]): number[] {
  const ids = nodes.flatMap(({ performerId }) => (performerId === null ? [] : [performerId]));
  return [...new Set(ids)].sort((a, b) => a - b);
}

function oldest(members: { nodes: RecordNode[]; ghosts: RecordNode[] }, performerId: number): number {
  const ids = everyone(members)
    .filter((node) => node.performerId === performerId)
    .map(age);
  return Math.min(...ids);
}

function first(nodes: RecordNode[]): RecordNode {
  return nodes.reduce((one, other) => (age(other) < age(one) ? other : one));
}

function age({ recordId }: RecordNode): number {
  return recordId ?? Number.MAX_SAFE_INTEGER;
}
