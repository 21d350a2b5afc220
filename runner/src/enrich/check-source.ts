import { withCleanUp } from '@trainer/async/with-clean-up';
import type { SourceConfig } from '@trainer/contract/config';
import type { SourceId } from '@trainer/contract/sources';
import { and, desc, eq } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { lookUps } from '../catalog/schema/look-ups.ts';
import { messageOf } from '../logs/message-of.ts';
import type { KnownPerformer } from '../sources/base/enrich-source.ts';
import { counted } from '../sources/folder/phrases.ts';
import { type CanaryCheck, checkCanaries } from '../sources/page/drift/check-canaries.ts';
import type { PageSite } from '../sources/page/open-page-site.ts';
import type { SourceRegistry } from '../sources/registry.ts';
import {
  type Candidate,
  type LinkedSite,
  linkedSite,
  openPerformerIterator,
  readCandidates,
} from './list-candidates.ts';
import { lookUpQueryOf } from './look-up-query.ts';

export const checkOutcomes = {
  ok: 'it answers, and what a good page yields is there',
  changed: 'its pages no longer yield what they should',
  failed: 'it does not answer as it should',
  unavailable: 'it cannot be used here',
  unchecked: 'nobody is known to try it with',
} as const;

export interface SourceCheck {
  id: SourceId;
  outcome: keyof typeof checkOutcomes;
  /** In words, unless it is ok and there is nothing more to know. */
  reason: string | null;
  /** What there is: "12 performers, 340 photos"; null where nothing is counted. */
  found: string | null;
  /** Sentences about what would not be read. */
  problems: string[];
  /** The page that was read. */
  page: string | null;
  checks: CanaryCheck[];
}

export interface CheckOptions {
  catalog: CatalogDatabase | null;
  registry: SourceRegistry;
  config: SourceConfig;
  userAgent: string;
  /** Somebody to try it with, in place of those in the catalog. */
  known?: KnownPerformer;
  signal: AbortSignal;
}

/** Everything, to somebody who remembers nothing. */
const wholeListing = {
  cursor: null,
  full: true,
  run: 'check',
  memory: {
    seenIds: async () => new Set<string>(),
    seenCount: async () => 0,
    heldIds: async () => new Set<string>(),
    async *knownIds() {},
  },
};
/** One whose page has gone says nothing about the site. */
const MAX_TRIES = 3;

/**
 * Tries a source as a run would. A reference site is asked by url for somebody of the catalog who was found there before, or
 * whose address is known, and held against the canaries of its definition; others have to give their first performer.
 */
export async function checkSource(id: SourceId, options: CheckOptions): Promise<SourceCheck> {
  const mistake = options.registry.known.loaded.get(id)?.mistake ?? null;
  if (mistake !== null) return result(id, 'failed', mistake);
  const availability = await options.registry.availability();
  const reason = availability.find((each) => each.id === id)?.reason ?? null;
  if (reason !== null) return result(id, 'unavailable', reason);
  const { kind } = options.registry.known.find(id) ?? {};
  try {
    if (kind === 'reference-site') return await checkSite(id, options);
    if (kind === 'folder') return await checkFolder(id, options);
    return kind === 'stash' ? await checkStash(id, options) : await checkListing(id, options);
  } catch (error) {
    options.signal.throwIfAborted();
    return result(id, 'failed', messageOf(error));
  }
}

async function checkSite(id: SourceId, options: CheckOptions): Promise<SourceCheck> {
  const people = options.known ? [options.known] : await peopleFor(id, options);
  if (people.length === 0) return result(id, 'unchecked', 'no performer in the catalog has an address there');
  const site = options.registry.openSite(id, options);
  return withCleanUp(
    () => tryPeople(id, site, people, options.signal),
    () => site.close(),
  );
}

async function tryPeople(
  id: SourceId,
  site: PageSite,
  people: readonly KnownPerformer[],
  signal: AbortSignal,
): Promise<SourceCheck> {
  let last = result(id, 'failed', null);
  for (const known of people) {
    const found = await site.lookUp(known, { mode: 'url', signal });
    const page = found.page?.url ?? found.attempts.at(-1)?.url ?? null;
    const checks = checkCanaries(site.definition, found);
    const lost = checks.filter(({ ok }) => !ok).map(({ selector }) => selector);
    if (found.outcome === 'found' && lost.length === 0) return { ...result(id, 'ok', null), page, checks };
    const isChanged = ['found', 'empty', 'unrecognised'].includes(found.outcome);
    const why = found.reason ?? `too little was found by ${lost.join(', ')}`;
    last = { ...result(id, isChanged ? 'changed' : 'failed', why), page, checks };
  }
  return last;
}

/** Those who were found there last, and where nobody was, those whose address is known. */
async function peopleFor(id: SourceId, { catalog, registry }: CheckOptions): Promise<KnownPerformer[]> {
  if (!catalog) return [];
  const rows = await catalog.db
    .selectDistinct({ id: lookUps.performerId, at: lookUps.lookedUpAt })
    .from(lookUps)
    .where(and(eq(lookUps.source, id), eq(lookUps.outcome, 'found'), eq(lookUps.mode, 'url')))
    .orderBy(desc(lookUps.lookedUpAt))
    .limit(MAX_TRIES);
  const ids = rows.map((row) => row.id);
  const candidates =
    ids.length > 0
      ? await readCandidates(catalog, ids)
      : await firstWithAddress(catalog, linkedSite(registry.known, id));
  return candidates.map((candidate) => lookUpQueryOf(candidate, 'url', { id }).known);
}

async function firstWithAddress(database: CatalogDatabase, site: LinkedSite): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for await (const candidate of openPerformerIterator(database, site).read(0)) {
    if (candidates.push(candidate) === MAX_TRIES) break;
  }
  return candidates;
}

/** The library is read as a whole at the first look-up, whoever that is for. */
async function checkStash(
  id: SourceId,
  { registry, signal, ...opening }: CheckOptions,
): Promise<SourceCheck> {
  const source = registry.openEnrich(id, opening);
  const look = async () => {
    const nobody = { name: '-', aliases: [], urls: [], gender: null, birthYear: null };
    await source.lookUp(
      { ...nobody, ids: [{ endpoint: 'stashdb', remoteId: '-' }] },
      { mode: 'url', signal },
    );
    return result(id, 'ok', null);
  };
  return withCleanUp(look, () => source.close());
}

async function checkListing(
  id: SourceId,
  { registry, config, userAgent, signal }: CheckOptions,
): Promise<SourceCheck> {
  const source = registry.open(id, config, userAgent);
  const warnings: string[] = [];
  const look = async () => {
    for await (const event of source.list({ ...wholeListing, signal })) {
      if (event.kind === 'warning') warnings.push(event.message);
      if (event.kind === 'performer') return result(id, 'ok', warnings.join('; ') || null);
      if (event.kind === 'unreadable') return result(id, 'changed', event.reason);
    }
    return result(id, 'failed', 'it lists no performer');
  };
  return withCleanUp(look, () => source.close());
}

/** Reads the whole folder but for the photos themselves, since every mistake in it can be mended before a run. */
async function checkFolder(
  id: SourceId,
  { registry, config, userAgent, signal }: CheckOptions,
): Promise<SourceCheck> {
  const source = registry.open(id, config, userAgent);
  const problems: string[] = [];
  let [performers, photos, unreadable] = [0, 0, 0];
  const read = async () => {
    for await (const event of source.list({ ...wholeListing, signal })) {
      if (event.kind === 'performer') {
        performers += 1;
        photos += event.performer.images.length;
      } else if (event.kind === 'unreadable') {
        unreadable += 1;
        problems.push(`${event.what} cannot be read: ${event.reason}`);
      } else if (event.kind === 'warning') problems.push(event.message);
    }
  };
  await withCleanUp(read, () => source.close());
  const found = `${counted(performers, 'performer')}, ${counted(photos, 'photo')}`;
  const bad =
    unreadable > 0 ? result(id, 'changed', `${counted(unreadable, 'folder')} cannot be read`) : null;
  return { ...(bad ?? result(id, 'ok', null)), found, problems };
}

function result(id: SourceId, outcome: SourceCheck['outcome'], reason: string | null): SourceCheck {
  return { id, outcome, reason, found: null, problems: [], page: null, checks: [] };
}
