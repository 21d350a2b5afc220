import { type Comparison, type Contradiction, compareRecords, contradictionOf } from './compare-records.ts';
import { isCommonplace } from './name-similarity.ts';
import { keyText, NAME_SITE, type NodeKey, type RecordNode } from './record-node.ts';

/** Why two records are one performer, the strongest first. */
export const linkRules = {
  decision: 'somebody decided so',
  cross_link: 'one gives the address of the other at its stash-box',
  merged_id: 'one gives the address of an id that was merged into the other, and their names agree',
  shared_url: 'both give the same profile, and more agrees',
  shared_slug: 'both give the same page of a site that names pages after people, and their names agree',
  name_and_birth: 'the same name, country and birth date',
} as const;
export type LinkRule = keyof typeof linkRules;

/** What was left open between two records. */
export const conflictKinds = {
  birth_dates: 'they share evidence, and their birth dates are years apart',
  genders: 'they share evidence, and one is male and the other female',
  little_agrees: 'they share an address, and nothing else that is known of them agrees',
  same_stash_box: 'taking them for one would make two ids of one stash-box one performer',
  ambiguous: 'equally good evidence leads to another record that cannot be the same performer',
  merged_link: 'one gives the address of an id that its stash-box has merged into the other',
  deleted_link: 'one gives the address of an id that its stash-box has deleted',
  shared_url: 'several records of one stash-box give this address, so it says nothing about who they are',
} as const;
export type ConflictKind = keyof typeof conflictKinds;

export interface PairEvidence {
  /** Keys that both have: `<site>/<id>`. */
  keys: string[];
  urls: string[];
  names: [string, string];
  birth: Comparison['birth'];
  country: Comparison['country'];
}

export interface Link {
  one: RecordNode;
  other: RecordNode;
  rule: LinkRule;
  /** Equal evidence has an equal score; a greater one goes first. */
  score: number;
  evidence: PairEvidence;
  /** To be recorded although the link stands. */
  conflict: ConflictKind | null;
}

export interface Doubt {
  one: RecordNode;
  other: RecordNode;
  kind: ConflictKind;
  evidence: PairEvidence;
}

export interface SharedKey {
  one: NodeKey;
  other: NodeKey;
  /** Several records of one stash-box have it. */
  isContested: boolean;
}

const SCORES: Record<LinkRule, number> = {
  decision: 1000,
  cross_link: 60,
  merged_id: 50,
  shared_url: 40,
  shared_slug: 30,
  name_and_birth: 20,
};
const NAMES_AGREE = 8;
const BIRTH_AGREES = { same_day: 6, same: 4, near: 0, different: 0, unknown: 0 } as const;
const COUNTRY_AGREES = 1;
const MORE_PROFILES = 3;

/** What the keys that two records have in common, and everything else that is known of them, say. */
export function judgePair(one: RecordNode, other: RecordNode, shared: SharedKey[]): Link | Doubt | null {
  const facts = compareRecords(one, other);
  const rule = ruleOf(shared, facts);
  if (rule === null) return null;
  const evidence = evidenceOf(one, other, shared, facts);
  const kind = objection(one, other, rule, shared, facts);
  if (kind !== null) return { one, other, kind, evidence };
  const score = SCORES[rule] + bonus(shared, facts);
  return { one, other, rule, score, evidence, conflict: rule === 'merged_id' ? 'merged_link' : null };
}

export function isLink(judged: Link | Doubt): judged is Link {
  return 'rule' in judged;
}

/** A human's word, whatever the records say. */
export function decidedLink(one: RecordNode, other: RecordNode): Link {
  const evidence = evidenceOf(one, other, [], compareRecords(one, other));
  return { one, other, rule: 'decision', score: SCORES.decision, evidence, conflict: null };
}

export function evidenceOf(
  one: RecordNode,
  other: RecordNode,
  shared: SharedKey[],
  { birth, country }: Comparison,
): PairEvidence {
  const urls = shared.flatMap((keys) => [keys.one.url, keys.other.url]).filter((url) => url !== null);
  return {
    keys: shared.map((keys) => keyText(keys.one)),
    urls: [...new Set(urls)],
    names: [one.name, other.name],
    birth,
    country,
  };
}

/** The strongest rule that the shared keys can stand for. */
function ruleOf(shared: SharedKey[], { namesAgree, birth }: Comparison): LinkRule | null {
  const has = (test: (keys: SharedKey) => boolean) => shared.some(test);
  const isExplicit = ({ one, other, isContested }: SharedKey) =>
    (one.role === 'own' || other.role === 'own') && (!isContested || namesAgree);
  const isMerged = ({ one, other }: SharedKey) => one.role === 'merged' || other.role === 'merged';
  const isSafe = (keys: SharedKey) => keys.one.site !== NAME_SITE && !keys.isContested && !isMerged(keys);
  if (has(isExplicit)) return 'cross_link';
  if (has(isMerged)) return 'merged_id';
  if (has((keys) => isSafe(keys) && keys.one.confidence >= 1)) return 'shared_url';
  if (has(isSafe) && namesAgree) return 'shared_slug';
  const names = shared.filter(({ one, isContested }) => one.site === NAME_SITE && !isContested);
  const isTelling = names.some(({ one }) => !isCommonplace(one.id.split('|')[0] ?? ''));
  if (names.length === 0 || birth === 'near') return null;
  return isTelling || birth === 'same_day' ? 'name_and_birth' : null;
}

/** Why the rule must not decide by itself, or null. */
function objection(
  one: RecordNode,
  other: RecordNode,
  rule: LinkRule,
  shared: SharedKey[],
  facts: Comparison,
): ConflictKind | Contradiction | null {
  const contradiction = contradictionOf(one, other);
  if (contradiction) return contradiction;
  if (facts.namesAgree || rule === 'shared_slug' || rule === 'name_and_birth') return null;
  if (rule === 'merged_id') return 'merged_link';
  const isBorn = facts.birth === 'same' || facts.birth === 'same_day';
  if (isBorn || profiles(shared) > 1) return null;
  if (rule === 'cross_link') return facts.country === 'different' ? 'little_agrees' : null;
  return 'little_agrees';
}

/** Shared profiles that are worth something by themselves. */
function profiles(shared: SharedKey[]): number {
  return shared.filter(({ one, isContested }) => one.confidence >= 1 && !isContested).length;
}

function bonus(shared: SharedKey[], { namesAgree, birth, country }: Comparison): number {
  return (
    (namesAgree ? NAMES_AGREE : 0) +
    BIRTH_AGREES[birth] +
    (country === 'same' ? COUNTRY_AGREES : 0) +
    (profiles(shared) > 1 ? MORE_PROFILES : 0)
  );
}
