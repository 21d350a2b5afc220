import { type Doubt, decidedLink, isLink, judgePair, type Link, type SharedKey } from './judge-pair.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import { isOwnable } from './read-nodes.ts';
import { keyText, type NodeKey, type RecordNode } from './record-node.ts';

export interface FoundLinks {
  links: Link[];
  doubts: Doubt[];
}

/** Judges every two records of a neighbourhood that have something in common. */
export function findLinks({ nodes, contested, decisions }: Neighbourhood): FoundLinks {
  const pairs = new Map<string, { one: RecordNode; other: RecordNode; shared: SharedKey[] }>();
  for (const holders of holdersByKey(nodes).values()) {
    for (const [one, other] of everyTwo(holders)) {
      const isContested = contested.has(keyText(one.key));
      if (isContested && !isOwnable(one.key.site)) continue;
      if (one.node.endpoint === other.node.endpoint) continue;
      const pairKey = `${one.node.ref} ${other.node.ref}`;
      const pair = pairs.get(pairKey) ?? { one: one.node, other: other.node, shared: [] };
      pair.shared.push({ one: one.key, other: other.key, isContested });
      pairs.set(pairKey, pair);
    }
  }
  const judged = [...pairs.values()]
    .map(({ one, other, shared }) => judgePair(one, other, shared))
    .filter((each) => each !== null);
  const byRef = new Map(nodes.map((node) => [node.ref, node]));
  const decided = decisions.flatMap(({ first, second, decision }) => {
    const [one, other] = [byRef.get(first), byRef.get(second)];
    return decision === 'same' && one && other ? [decidedLink(one, other)] : [];
  });
  return {
    links: [...decided, ...judged.filter(isLink)],
    doubts: judged.filter((each): each is Doubt => !isLink(each)),
  };
}

interface Holder {
  node: RecordNode;
  key: NodeKey;
}

function holdersByKey(nodes: readonly RecordNode[]): Map<string, Holder[]> {
  const sorted = nodes.toSorted((a, b) => (a.ref < b.ref ? -1 : 1));
  return Map.groupBy(
    sorted.flatMap((node) => node.keys.map((key) => ({ node, key }))),
    ({ key }) => keyText(key),
  );
}

function everyTwo<T>(list: T[]): [T, T][] {
  return list.flatMap((one, i) => list.slice(i + 1).map((other): [T, T] => [one, other]));
}
