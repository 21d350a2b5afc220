import { readLines } from './robots-lines.ts';
import { normalisePath, type PathPattern, readPattern } from './robots-pattern.ts';

/** What a host's robots.txt says about one visitor (RFC 9309). */
export interface RobotsRules {
  /** @param url an address of that host */
  isAllowed(url: URL): boolean;
  /** Between two requests, ms; 0 when it does not say. `Crawl-delay` is no part of the RFC, but of good manners. */
  spacingMs: number;
}

/** The longest pattern that matches decides, and of equally long ones that which allows. */
interface Rule {
  isAllow: boolean;
  pattern: PathPattern;
}

/** What stands in all groups for one name. */
interface Group {
  isThere: boolean;
  rules: Rule[];
  spacingMs: number;
}

/**
 * Reads the rules that stand in `body` for a visitor with this user agent: those of the groups that name it, or else of
 * the groups for `*`. Lines that make no sense are passed over.
 */
export function readRobots(body: Uint8Array, userAgent: string): RobotsRules {
  const { ours, everyone } = readGroups(body, productToken(userAgent));
  const { rules, spacingMs } = ours.isThere ? ours : everyone;
  rules.sort(
    (one, other) => other.pattern.length - one.pattern.length || Number(other.isAllow) - Number(one.isAllow),
  );
  return {
    isAllowed({ pathname, search }) {
      if (pathname === '/robots.txt') return true;
      const path = normalisePath(pathname + search);
      return rules.find(({ pattern }) => pattern.matches(path))?.isAllow ?? true;
    },
    spacingMs,
  };
}

/** The name under which robots.txt speaks of us: letters, hyphens and underscores at the front (RFC 9309, 2.2.1). */
export function productToken(userAgent: string): string {
  return /^[a-z_-]+/i.exec(userAgent)?.[0] ?? '*';
}

/**
 * A group is some agents and the rules behind them. Only a rule ends the list of agents: whatever else stands between two
 * of them leaves them in one group (RFC 9309, 2.2.4).
 */
function readGroups(body: Uint8Array, token: string): { ours: Group; everyone: Group } {
  const ours: Group = { isThere: false, rules: [], spacingMs: 0 };
  const everyone: Group = { isThere: false, rules: [], spacingMs: 0 };
  const current = new Set<Group>();
  let isListOfAgents = true;

  function nameAgent(value: string): void {
    if (!isListOfAgents) current.clear();
    isListOfAgents = true;
    const group = isEveryone(value) ? everyone : isSameToken(value, token) ? ours : null;
    if (!group) return;
    group.isThere = true;
    current.add(group);
  }

  for (const { field, value } of readLines(body)) {
    if (field === 'user-agent') nameAgent(value);
    // Of the agents named so far: a delay is no rule, and the agent behind it mostly begins with a delay of its own.
    else if (field === 'crawl-delay') {
      for (const group of current) group.spacingMs = Math.max(group.spacingMs, readDelayMs(value));
    } else {
      isListOfAgents = false;
      if (value === '' || current.size === 0) continue;
      const rule = { isAllow: field === 'allow', pattern: readPattern(value) };
      for (const group of current) group.rules.push(rule);
    }
  }
  return { ours, everyone };
}

function isEveryone(agent: string): boolean {
  return agent === '*' || /^\*[ \t]/.test(agent);
}

/** Words and a version behind the token are remarks. */
function isSameToken(agent: string, token: string): boolean {
  return productToken(agent).toLowerCase() === token.toLowerCase() && token !== '*';
}

/** `Crawl-delay` is in seconds; 0 when the value is no number or below 0. */
function readDelayMs(value: string): number {
  const seconds = /^\d*\.?\d+$/.test(value) ? Number(value) : 0;
  return seconds * 1_000;
}
