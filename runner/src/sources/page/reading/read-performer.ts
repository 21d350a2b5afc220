import type { Gender } from '@trainer/contract/sources';
import type { PageAnswer } from '../../base/enrich-source.ts';
import type { SiteDefinition } from '../definition/definition.ts';
import type { Extract } from '../definition/extract-schema.ts';
import { isSameName, type PageIdentity } from '../names/same-performer.ts';
import { extractUrls, extractValues } from './extract-values.ts';
import { type Address, isOfSite, readAddress } from './find-addresses.ts';
import { type PageDocument, readDocument } from './page-document.ts';
import { refuseLogin } from './refuse-answer.ts';

/** How often each named selector found something on a page. */
export type Matched = Record<string, number>;

/** A performer's page, as far as it tells who it is about. */
export interface PerformerPage extends PageIdentity {
  kind: 'performer';
  document: PageDocument;
  /** Where the page really is: by its own word, else after redirects, else as it was asked for. */
  address: Address;
  /** The site led from the asked address to another performer's. */
  hasMoved: boolean;
  gender: Gender | null;
  country: string | null;
  links: string[];
  /** Names that the site labels as legal or birth names; they are not kept, only counted. */
  withheldAliases: number;
  matched: Matched;
}

export interface NoPerformer {
  kind: 'not_found' | 'unrecognised' | 'failed';
  reason: string;
  matched: Matched;
}

/** An alias that the site itself calls a legal or birth name. */
const LABELLED_PRIVATE = /\b(?:birth|real|legal|given|maiden)[\s-]*name\b|\bn[ée]e\b|本名/iu;

/**
 * Reads the answer for a performer's address.
 *
 * @throws SourceBlocked when a login stands in the page's place
 */
export function readPerformer(
  definition: SiteDefinition,
  asked: Address,
  answer: PageAnswer,
): PerformerPage | NoPerformer {
  const elsewhere = readAddress(definition, answer.url);
  const missing = whyMissing(answer, elsewhere);
  if (missing) return missing;
  const document = readDocument(answer);
  const name = extractValues(document, definition.name)[0];
  const exists =
    definition.exists === undefined ? name !== undefined : document.$(definition.exists).length > 0;
  const matched = { exists: Number(exists), name: Number(name !== undefined) };
  if (!exists || name === undefined || hasSignOfAbsence(definition, document)) {
    return absent(definition, document, asked.url, matched);
  }
  const canonical = canonicalAddress(definition, document);
  return {
    kind: 'performer',
    document,
    address: canonical ?? elsewhere ?? asked,
    hasMoved: elsewhere !== null && elsewhere.form === asked.form && elsewhere.key !== asked.key,
    ...readIdentity(definition, document, name, matched),
  };
}

function whyMissing({ status, url }: PageAnswer, elsewhere: Address | null): NoPerformer | null {
  if (status === 404 || status === 410) {
    return { kind: 'not_found', reason: `the page answered ${status}`, matched: {} };
  }
  if (status !== 0 && (status < 200 || status > 299)) {
    return { kind: 'failed', reason: `the page answered ${status}`, matched: {} };
  }
  if (elsewhere) return null;
  return { kind: 'not_found', reason: `leads to ${url}, which is no performer's page`, matched: {} };
}

function hasSignOfAbsence({ notFound }: SiteDefinition, { $, title }: PageDocument): boolean {
  return (
    (notFound.elements !== undefined && $(notFound.elements).length > 0) ||
    (notFound.title?.test(title) ?? false)
  );
}

function absent(definition: SiteDefinition, page: PageDocument, url: string, matched: Matched): NoPerformer {
  if (hasSignOfAbsence(definition, page)) {
    return { kind: 'not_found', reason: 'the page says that there is nobody', matched: {} };
  }
  refuseLogin(url, page);
  const kind = definition.notFound.otherwise;
  return { kind, reason: 'the page has nothing that a performer’s page has', matched };
}

function canonicalAddress(definition: SiteDefinition, page: PageDocument): Address | null {
  const [url] = definition.canonical ? extractUrls(page, definition.canonical) : [];
  return url === undefined ? null : readAddress(definition, url);
}

function readIdentity(definition: SiteDefinition, page: PageDocument, name: string, before: Matched) {
  const matched = { ...before };
  const values = (selector: string, extract: Extract | undefined, read = extractValues): string[] => {
    const found = extract ? read(page, extract) : [];
    if (extract) matched[selector] = found.length;
    return found;
  };
  const privateNames = values('privateNames', definition.privateNames);
  const listed = values('aliases', definition.aliases).filter((alias) => !isSameName(alias, name));
  const aliases = listed.filter((alias) => !isPrivate(alias, privateNames));
  const year = Number(values('birthYear', definition.birthYear)[0]);
  return {
    name,
    aliases,
    withheldAliases: listed.length - aliases.length,
    gender: readGender(definition, values('gender', definition.gender?.from)),
    birthYear: Number.isInteger(year) ? year : null,
    country: values('country', definition.country)[0] ?? null,
    links: values('links', definition.links, extractUrls).filter(
      (url) => !isOfSite(definition, new URL(url)),
    ),
    matched,
  };
}

function isPrivate(alias: string, privateNames: readonly string[]): boolean {
  return LABELLED_PRIVATE.test(alias) || privateNames.some((name) => isSameName(name, alias));
}

function readGender({ gender }: SiteDefinition, texts: string[]): Gender | null {
  const rows = Object.entries(gender?.values ?? {});
  for (const text of texts) {
    const row = rows.find(([label]) => label.toLowerCase() === text.toLowerCase());
    if (row) return row[1];
  }
  return null;
}
