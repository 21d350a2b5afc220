import { SITE_RULES, type SiteRule } from './site-rules.ts';
import { decodePart, tidyId } from './tidy-id.ts';

/** The key under which two spellings of one profile's address meet. */
export interface UrlKey {
  /** `iafd`, `twitter`, … */
  site: string;
  /** Lower case, percent-decoded once (handles: until nothing changes), NFC, without characters that are not seen. */
  id: string;
  /** 0..1: how much an equal key says that it is the same performer. */
  confidence: number;
}

const RULE_BY_HOST = new Map<string, SiteRule>(
  SITE_RULES.flatMap((rule) => rule.hosts.map((host) => [host, rule] as const)),
);
const WIKIPEDIA = /^(?!www\.|m\.)([a-z-]+)\.(?:m\.)?wikipedia\.org$/;

/** The site and id that a profile's address stands for, or null for hosts and pages without a rule. */
export function normaliseUrl(raw: string): UrlKey | null {
  const url = parse(raw);
  if (!url) return null;
  const host = url.hostname.replace(/\.+$/, '');
  const language = WIKIPEDIA.exec(host)?.[1];
  const rule = RULE_BY_HOST.get(language ? 'wikipedia.org' : host.replace(/^(?:www\.|m\.|mobile\.)+/, ''));
  if (!rule) return null;
  const segments = url.pathname.split('/').filter(Boolean);
  const taken = rule.id({ segments, path: url.pathname, query: url.searchParams, language: language ?? '' });
  const id = taken === null ? '' : tidy(taken);
  return id === '' ? null : { site: rule.site, id, confidence: rule.confidence };
}

function parse(raw: string): URL | null {
  const text = raw.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
  return url && /^https?:$/.test(url.protocol) ? url : null;
}

function tidy(taken: string): string {
  const lower = tidyId(decodePart(taken)).toLowerCase();
  return tidyId(lower).replace(/^[/\s]+|[/\s]+$/g, '');
}
