import { contradictionOf } from './compare-records.ts';
import type { ConflictKind, Doubt, Link } from './judge-pair.ts';
import type { RecordNode } from './record-node.ts';

export interface Partition {
  /** Every record is in exactly one. */
  clusters: RecordNode[][];
  /** Links within a cluster. */
  accepted: Link[];
  /** Links that were not followed. */
  refused: Doubt[];
}

/** Whether somebody decided that two records are two performers. */
export type AreApart = (one: RecordNode, other: RecordNode) => boolean;

type Clash = ConflictKind | 'decided_apart';

/**
 * Puts records together along their links, the best evidence first, so that no cluster holds two records of one stash-box or
 * records that contradict each other. Links with equal evidence are looked at together, and where they cannot all be
 * followed none of them is: the result depends on what the records say, and never on their order.
 */
export function partition(
  nodes: readonly RecordNode[],
  links: readonly Link[],
  areApart: AreApart,
): Partition {
  const decided = links.filter(({ rule }) => rule === 'decision').flatMap(({ one, other }) => [one, other]);
  const forest = new Forest(nodes, new Set(decided), areApart);
  const refused: Doubt[] = [];
  const byScore = Map.groupBy(links, (link) => link.score);
  for (const score of [...byScore.keys()].sort((a, b) => b - a)) {
    refused.push(...follow(byScore.get(score) ?? [], forest));
  }
  const accepted = links.filter((link) => forest.find(link.one) === forest.find(link.other));
  // A link that was refused at first may have been borne out by others.
  const open = refused.filter((doubt) => forest.find(doubt.one) !== forest.find(doubt.other));
  return { clusters: forest.clusters().map((cluster) => cluster.nodes), accepted, refused: open };
}

/** @returns what could not be followed */
function follow(links: Link[], forest: Forest): Doubt[] {
  const isOpen = (link: Link) => forest.find(link.one) !== forest.find(link.other);
  const impossible = links.filter(isOpen).filter((link) => forest.clash(link) !== null);
  const possible = links.filter(isOpen).filter((link) => forest.clash(link) === null);
  const ambiguous = possible.filter((link) => hasRival(link, possible, forest));
  const clear = possible.filter((link) => !ambiguous.includes(link));
  const tangled = joinAll(clear, forest);
  return [
    ...impossible.flatMap((link) => doubtOf(link, forest.clash(link) ?? 'ambiguous')),
    ...[...ambiguous, ...tangled].flatMap((link) => doubtOf(link, 'ambiguous')),
  ];
}

/** Whether a link at the same place leads to somebody who cannot be the same. */
function hasRival(link: Link, links: Link[], forest: Forest): boolean {
  const ends = [forest.find(link.one), forest.find(link.other)];
  return links.some((rival) => {
    if (rival === link) return false;
    const [a, b] = [forest.find(rival.one), forest.find(rival.other)];
    return ends.some((end, i) => {
      const far = ends[1 - i];
      const rivalFar = a === end ? b : b === end ? a : null;
      return far && rivalFar && far !== rivalFar && forest.clashOf(far, rivalFar) !== null;
    });
  });
}

/** Joins what hangs together, unless some of it cannot be together. @returns the links of what cannot */
function joinAll(links: Link[], forest: Forest): Link[] {
  const parts = new Map<Cluster, Cluster[]>();
  for (const link of links) {
    const [a, b] = [forest.find(link.one), forest.find(link.other)];
    const joined = [...new Set([...(parts.get(a) ?? [a]), ...(parts.get(b) ?? [b])])];
    for (const cluster of joined) parts.set(cluster, joined);
  }
  const tangled = links.filter((link) => forest.clashAmong(parts.get(forest.find(link.one)) ?? []));
  for (const part of new Set(parts.values())) if (!forest.clashAmong(part)) forest.join(part);
  return tangled.filter((link) => forest.find(link.one) !== forest.find(link.other));
}

function doubtOf({ one, other, evidence }: Link, kind: Clash): Doubt[] {
  return kind === 'decided_apart' ? [] : [{ one, other, kind, evidence }];
}

interface Cluster {
  nodes: RecordNode[];
  /** Somebody decided that some of it is one performer, so what its records say does not part it. */
  isDecided: boolean;
}

/** Which records are together so far. */
class Forest {
  readonly #clusterOf = new Map<RecordNode, Cluster>();
  readonly #areApart: AreApart;

  constructor(nodes: readonly RecordNode[], decided: ReadonlySet<RecordNode>, areApart: AreApart) {
    for (const node of nodes) this.#clusterOf.set(node, { nodes: [node], isDecided: decided.has(node) });
    this.#areApart = areApart;
  }

  find(node: RecordNode): Cluster {
    const cluster = this.#clusterOf.get(node);
    if (!cluster) throw new Error(`${node.ref} is linked, but was not given to the partition`);
    return cluster;
  }

  clusters(): Cluster[] {
    return [...new Set(this.#clusterOf.values())];
  }

  /** What keeps the two ends of a link apart, or null. */
  clash(link: Link): Clash | null {
    return this.clashOf(this.find(link.one), this.find(link.other));
  }

  clashOf(a: Cluster, b: Cluster): Clash | null {
    const isSettled = a.isDecided || b.isDecided;
    for (const one of a.nodes) {
      for (const other of b.nodes) {
        if (one.endpoint === other.endpoint) return 'same_stash_box';
        if (this.#areApart(one, other)) return 'decided_apart';
        const contradiction = isSettled ? null : contradictionOf(one, other);
        if (contradiction) return contradiction;
      }
    }
    return null;
  }

  clashAmong(clusters: Cluster[]): boolean {
    return clusters.some((a, i) => clusters.slice(i + 1).some((b) => this.clashOf(a, b) !== null));
  }

  join(clusters: Cluster[]): void {
    const joined: Cluster = {
      nodes: clusters.flatMap((cluster) => cluster.nodes),
      isDecided: clusters.some((cluster) => cluster.isDecided),
    };
    for (const node of joined.nodes) this.#clusterOf.set(node, joined);
  }
}
