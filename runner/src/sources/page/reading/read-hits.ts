import type { PageAnswer } from '../../base/enrich-source.ts';
import type { Search } from '../definition/definition.ts';
import type { JsonValue } from '../definition/extract-schema.ts';
import { isSameName } from '../names/same-performer.ts';
import { extractUrls, extractValues, transformValues } from './extract-values.ts';
import { jsonTexts, jsonValues } from './json-values.ts';
import { readDocument, readJson } from './page-document.ts';

interface Hit {
  names: string[];
  link: string | undefined;
}

export interface Hits {
  /** Of hits that have exactly this name, or alias, in the site's order. */
  links: string[];
  /** Hits in all. */
  found: number;
}

/** Hits of one search: more are not looked at. */
const MAX_HITS = 200;

/** Reads a page of search results and keeps what is exactly the name: similar names are other people. */
export function readHits({ hits }: Search, answer: PageAnswer, name: string): Hits {
  const all = (hits.format === 'json' ? jsonHits(hits, answer) : htmlHits(hits, answer)).slice(0, MAX_HITS);
  const exact = all.filter(({ names }) => names.some((one) => isSameName(one, name)));
  const links = exact.flatMap(({ link }) => (link === undefined ? [] : [link]));
  return { links: [...new Set(links)], found: all.length };
}

function htmlHits(hits: Extract<Search['hits'], { format: 'html' }>, answer: PageAnswer): Hit[] {
  const page = readDocument(answer);
  return page
    .$(hits.each)
    .toArray()
    .map((element) => ({
      names: [
        ...extractValues(page, hits.name, element),
        ...(hits.aliases ? extractValues(page, hits.aliases, element) : []),
      ],
      link: extractUrls(page, hits.link, element)[0],
    }));
}

function jsonHits(hits: Extract<Search['hits'], { format: 'json' }>, answer: PageAnswer): Hit[] {
  const read = (entry: unknown, value: JsonValue | undefined) =>
    value ? transformValues(jsonTexts(entry, value.path), value.transforms) : [];
  return jsonValues(readJson(answer), hits.each).map((entry) => ({
    names: [...read(entry, hits.name), ...read(entry, hits.aliases)],
    link: read(entry, hits.link)[0],
  }));
}
