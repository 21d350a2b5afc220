import type { ReferenceMode } from '@trainer/contract/sources';
import type { PageMemory } from '../base/enrich-source.ts';
import { collectImages } from './collect-images.ts';
import type { SiteDefinition } from './definition/definition.ts';
import { fillPath } from './definition/patterns.ts';
import { isLatin } from './names/fold-to-ascii.ts';
import { type KnownPerformer, whyNotSame } from './names/same-performer.ts';
import { proposeAddresses } from './propose-addresses.ts';
import type { Address } from './reading/find-addresses.ts';
import {
  type Attempt,
  type FoundPage,
  type LookUpResult,
  type Outcome,
  skipped,
} from './reading/look-up-result.ts';
import { type Matched, type PerformerPage, readPerformer } from './reading/read-performer.ts';
import type { Transport } from './transports/transport.ts';
import { startVisit, type Visit } from './visit.ts';

export interface LookUpOptions {
  mode: ReferenceMode;
  /** Pictures that are wanted; the definition may allow fewer. */
  maxImages?: number;
  pages?: PageMemory;
  signal: AbortSignal;
}

const noMemory: PageMemory = { known: () => null, kept: () => null, keep: async () => {} };

/**
 * Finds a performer on a site: plans addresses, reads the page of one, makes sure that it is about the performer, and
 * collects its pictures' addresses. It asks for no picture.
 *
 * @throws SourceBlocked when the site says no, or the signal's reason; everything else is an outcome
 */
export async function lookUp(
  definition: SiteDefinition,
  transport: Transport,
  performer: KnownPerformer,
  options: LookUpOptions,
): Promise<LookUpResult> {
  const reason = whyNotHere(definition, performer, options.mode);
  if (reason !== null) return skipped(reason);
  const visit = startVisit(definition, transport, options.pages ?? noMemory, options.signal);
  for await (const address of proposeAddresses(definition, performer, options.mode, visit)) {
    const found = await tryAddress(definition, address, performer, options.mode, visit);
    if (found === 'unchanged') return unchangedResult(visit);
    if (found) return await foundResult(definition, found, address, options, visit);
  }
  return notFoundResult(visit, options.mode);
}

/** Why the site need not be asked, or null. An unknown gender may be anybody's. */
function whyNotHere(
  definition: SiteDefinition,
  performer: KnownPerformer,
  mode: ReferenceMode,
): string | null {
  const { gender, name, aliases } = performer;
  if (gender !== null && definition.holds && !definition.holds.includes(gender)) {
    return `the site has nobody who is ${gender}`;
  }
  if (mode === 'url') return null;
  if (!definition.slug && !definition.search) return 'the site cannot be asked by name';
  return [name, ...aliases].some(isLatin) ? null : 'none of the names is in Latin letters, as the site’s are';
}

async function tryAddress(
  definition: SiteDefinition,
  address: Address,
  performer: KnownPerformer,
  mode: ReferenceMode,
  visit: Visit,
): Promise<PerformerPage | 'unchanged' | null> {
  const answer = await openPerformer(definition, address, visit);
  const say = (outcome: Outcome, reason: string | null) =>
    void visit.attempts.push({ url: address.url, outcome, reason });
  if (answer === 'unchanged') return 'unchanged';
  if (!answer) return say('failed', visit.problems.at(-1) ?? null) ?? null;
  const page = readPerformer(definition, address, answer);
  if (page.kind !== 'not_found') visit.note(answer.url, 'performer', page.matched);
  if (page.kind !== 'performer') return say(page.kind, page.reason) ?? null;
  const reason = whyNotSame(performer, page, mode);
  if (reason !== null) return say('mismatch', reason) ?? null;
  say('found', null);
  return page;
}

/** The page, unless it and the further ones are as they were known. When only some are, they are asked for whole. */
async function openPerformer(definition: SiteDefinition, address: Address, visit: Visit) {
  const answer = await visit.open(address.url);
  if (answer?.status !== 304) return answer;
  const { imagesOn, galleriesOn, pages } = definition;
  for (const page of new Set([imagesOn, galleriesOn])) {
    const template = page === undefined ? undefined : pages[page];
    if (template === undefined) continue;
    const further = await visit.open(new URL(fillPath(template, address.parts), definition.site).href);
    if (further?.status !== 304) return await visit.open(address.url, 'whole');
  }
  return 'unchanged';
}

function unchangedResult(visit: Visit): LookUpResult {
  return { outcome: 'unchanged', reason: null, page: null, images: [], ...accountOf(visit) };
}

async function foundResult(
  definition: SiteDefinition,
  page: PerformerPage,
  asked: Address,
  options: LookUpOptions,
  visit: Visit,
): Promise<LookUpResult> {
  const maxImages = Math.min(options.maxImages ?? definition.caps.images, definition.caps.images);
  const images = await collectImages(definition, page, maxImages, visit);
  const isEmpty = images.length === 0;
  return {
    outcome: isEmpty ? 'empty' : 'found',
    reason: isEmpty ? 'the page has no picture that the rules take' : null,
    page: showPage(page, asked),
    images,
    ...accountOf(visit),
  };
}

/** Of several attempts the one counts that leaves most hope. */
const GRAVITY: Outcome[] = ['failed', 'unrecognised', 'mismatch', 'not_found'];

function notFoundResult(visit: Visit, mode: ReferenceMode): LookUpResult {
  const gravest: Attempt | undefined = GRAVITY.map((one) =>
    visit.attempts.find(({ outcome }) => outcome === one),
  ).find((attempt) => attempt !== undefined);
  const nothing = mode === 'url' ? 'no address of this site is known' : 'no address can be made of the names';
  if (!gravest && visit.requests() === 0) return skipped(nothing);
  const { outcome, reason } = gravest ?? {
    outcome: 'failed' as const,
    reason: visit.problems.at(-1) ?? nothing,
  };
  return { outcome, reason, page: null, images: [], ...accountOf(visit) };
}

function accountOf(
  visit: Visit,
): Pick<LookUpResult, 'attempts' | 'pages' | 'matched' | 'read' | 'requests' | 'problems'> {
  const { attempts, pages, problems } = visit;
  const matched: Matched = {};
  for (const page of pages) {
    for (const [name, count] of Object.entries(page.matched)) matched[name] = (matched[name] ?? 0) + count;
  }
  return { attempts, pages, matched, problems, read: visit.read(), requests: visit.requests() };
}

function showPage(page: PerformerPage, asked: Address): FoundPage {
  const { name, aliases, withheldAliases, links, gender, birthYear, country } = page;
  return {
    url: page.document.url,
    key: page.address.key,
    movedFrom: page.hasMoved ? asked.url : null,
    name,
    aliases: [...aliases],
    withheldAliases,
    links,
    gender,
    birthYear,
    country,
  };
}
