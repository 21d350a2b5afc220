import type { ImagePlaces, ImageRule } from '../definition/extract-schema.ts';
import { fillPattern } from '../definition/patterns.ts';
import { absolute, firstAttribute, transformValues } from './extract-values.ts';
import { jsonTexts, jsonValues } from './json-values.ts';
import type { PageDocument } from './page-document.ts';

/** A picture that a page offers. */
export interface PageImage {
  url: string;
  /** Smaller ones of the same picture, tried in this order when it is missing. */
  fallbacks: string[];
  /** The page that it is on. */
  pageUrl: string;
  /** The definition's rule that found it. */
  rule: string;
  /** As the page says, px. */
  widthPx: number | null;
  heightPx: number | null;
  /** Only asking tells whether a picture has changed. */
  revision: null;
}

interface Found {
  url: string;
  widthPx: number | null;
  heightPx: number | null;
}

export interface ImageContext {
  /** What stands for the places of `keep` and `drop`. */
  places: Record<string, string>;
  /** Hosts that pictures may come from. */
  imageHosts: readonly string[];
}

/** The pictures that a rule finds on a page, in the page's order, each once. */
export function readImages(page: PageDocument, rule: ImageRule, context: ImageContext): PageImage[] {
  for (const place of rule.from) {
    const images = readPlaces(page, place, rule, context);
    if (images.length > 0) return images.slice(0, rule.max);
  }
  return [];
}

function readPlaces(
  page: PageDocument,
  place: ImagePlaces,
  rule: ImageRule,
  context: ImageContext,
): PageImage[] {
  const keep = rule.keep === undefined ? /(?:)/ : fillPattern(rule.keep, context.places);
  const drop = rule.drop === undefined ? null : fillPattern(rule.drop, context.places);
  const images = new Map<string, PageImage>();
  for (const found of findPictures(page, place)) {
    for (const url of transformValues([found.url], rule.transforms).flatMap((one) =>
      absolute(one, page.url),
    )) {
      const path = pathOf(url);
      // A rule whose places are unknown here keeps nothing: better no picture than somebody else's.
      if (!keep?.test(path) || drop?.test(path) || isTooSmall(found, rule.minSidePx)) continue;
      const [best = url, ...fallbacks] = sizesOf(url, rule).filter((size) => isAllowed(size, context));
      if (isAllowed(best, context) && !images.has(best)) {
        images.set(best, {
          ...found,
          url: best,
          fallbacks,
          pageUrl: page.url,
          rule: rule.name,
          revision: null,
        });
      }
    }
  }
  return [...images.values()];
}

function findPictures(page: PageDocument, place: ImagePlaces): Found[] {
  if ('select' in place) {
    return page
      .$(place.select)
      .toArray()
      .flatMap((element) =>
        firstAttribute(page, element, place.attribute).map((url) => ({
          url,
          ...readSize(place.size, (name) => page.$(element).attr(name)),
        })),
      );
  }
  return page.jsonLd(place.jsonLd).flatMap((block) =>
    jsonValues(block, place.path).flatMap((entry) =>
      jsonTexts(entry, place.url).map((url) => ({
        url,
        ...readSize(place.size, (name) => jsonTexts(entry, name)[0]),
      })),
    ),
  );
}

function readSize(
  size: ImagePlaces['size'],
  read: (name: string) => string | undefined,
): Pick<Found, 'widthPx' | 'heightPx'> {
  if (!size) return { widthPx: null, heightPx: null };
  if ('both' in size) {
    const [, width, height] = /(\d+)\s*x\s*(\d+)/i.exec(read(size.both) ?? '') ?? [];
    return { widthPx: pixels(width), heightPx: pixels(height) };
  }
  return { widthPx: pixels(read(size.width)), heightPx: pixels(read(size.height)) };
}

function pixels(text: string | undefined): number | null {
  const value = Number.parseInt(text ?? '', 10);
  return value > 0 ? value : null;
}

function isTooSmall({ widthPx, heightPx }: Found, minSidePx: number): boolean {
  return widthPx !== null && heightPx !== null && Math.min(widthPx, heightPx) < minSidePx;
}

/** From the largest to the one that stands on the page. */
function sizesOf(url: string, rule: ImageRule): string[] {
  const full = rule.full.reduce((at, step) => at.replace(step.replace, step.with), url);
  return full === url ? [url] : [full, url];
}

function isAllowed(url: string, { imageHosts }: ImageContext): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && parsed.protocol === 'https:' && imageHosts.includes(parsed.host);
}

/** Path and query, decoded where it can be, so that patterns are written in plain letters. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  try {
    return decodeURIComponent(pathname + search);
  } catch {
    return pathname + search;
  }
}
