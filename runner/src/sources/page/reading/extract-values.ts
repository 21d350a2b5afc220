import type { Extract, ExtractPlace, Transform } from '../definition/extract-schema.ts';
import { jsonTexts } from './json-values.ts';
import { type PageDocument, type PageNode, textOf } from './page-document.ts';

type Root = PageNode;

/** The values of the first place that yields any, each once. `within` narrows the search to one element. */
export function extractValues(page: PageDocument, extract: Extract, within?: Root): string[] {
  for (const place of extract) {
    const values = transformValues(rawValues(page, place, within), place.transforms);
    if (values.length > 0) return [...new Set(values)];
  }
  return [];
}

/** The values as addresses relative to the page; what is no address is left out. */
export function extractUrls(page: PageDocument, extract: Extract, within?: Root): string[] {
  return extractValues(page, extract, within).flatMap((value) => absolute(value, page.url));
}

/** The address in full, or nothing. */
export function absolute(address: string, base: string): string[] {
  const url = URL.parse(address.trim(), base);
  if (!url || !/^https?:$/.test(url.protocol)) return [];
  url.hash = '';
  return [url.href];
}

function rawValues(page: PageDocument, place: ExtractPlace, within: Root | undefined): string[] {
  if ('jsonLd' in place) {
    return page.jsonLd(place.jsonLd).flatMap((block) => jsonTexts(block, place.path));
  }
  const { $ } = page;
  const found =
    place.select === ':scope' && within ? $(within) : within ? $(within).find(place.select) : $(place.select);
  const elements = found.toArray();
  if (!place.attribute) return elements.map((element) => textOf($, element));
  return elements.flatMap((element) => firstAttribute(page, element, place.attribute ?? []));
}

/** Lazy pages keep the true address in `data-src` and a dot of one pixel in `src`. */
export function firstAttribute(page: PageDocument, element: Root, names: readonly string[]): string[] {
  for (const name of names) {
    const value = page.$(element).attr(name)?.trim();
    if (value && !value.startsWith('data:')) return [name.endsWith('srcset') ? largestOf(value) : value];
  }
  return [];
}

/** The candidate of a `srcset` with the greatest width or density. */
function largestOf(srcset: string): string {
  const candidates = srcset.split(/,\s+/).map((part) => part.trim().split(/\s+/));
  const sorted = candidates.toSorted(
    ([, a = '1x'], [, b = '1x']) => Number.parseFloat(b) - Number.parseFloat(a),
  );
  return sorted[0]?.[0] ?? '';
}

/** Values of one selector on one page: more than this is no performer's page. */
const MAX_VALUES = 2_000;
const MAX_VALUE_CHARS = 2_000;

/** Runs the values through the steps; what is left is trimmed, and empty ones are gone. */
export function transformValues(values: readonly string[], transforms: readonly Transform[]): string[] {
  const changed = transforms.reduce<readonly string[]>(
    (before, transform) => before.flatMap((value) => apply(transform, value)).slice(0, MAX_VALUES),
    values.slice(0, MAX_VALUES),
  );
  const tidied = changed.map((value) => value.replace(/\s+/g, ' ').trim());
  return tidied.filter((value) => value !== '' && value.length <= MAX_VALUE_CHARS);
}

function apply(transform: Transform, value: string): string[] {
  if ('capture' in transform) {
    const match = transform.capture.exec(value);
    return match ? [match[1] ?? match[0]] : [];
  }
  if ('replace' in transform) return [value.replace(global(transform.replace), transform.with)];
  if ('split' in transform) return value.split(transform.split).map((part) => part.trim());
  return transform.drop.test(value.trim()) ? [] : [value];
}

function global(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, `${pattern.flags}g`);
}
