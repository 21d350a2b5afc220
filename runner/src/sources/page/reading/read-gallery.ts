import type { Galleries, SiteDefinition } from '../definition/definition.ts';
import { fillPattern } from '../definition/patterns.ts';
import { isSameName } from '../names/same-performer.ts';
import { extractUrls, extractValues } from './extract-values.ts';
import { isOfSite } from './find-addresses.ts';
import type { PageDocument } from './page-document.ts';
import { type ImageContext, type PageImage, pathOf, readImages } from './read-images.ts';
import type { Matched } from './read-performer.ts';

/** A listing of more links than this is not a performer's. */
const MAX_LINKS = 500;

export interface GalleryReading {
  images: PageImage[];
  /** Why none was taken, when that is on purpose. */
  skipped: string | null;
  matched: Matched;
}

/** The galleries that a listing links to, in its order, each once. */
export function galleryLinks(
  definition: SiteDefinition,
  galleries: Galleries,
  page: PageDocument,
  places: Record<string, string>,
): string[] {
  const keep = galleries.keep === undefined ? /(?:)/ : fillPattern(galleries.keep, places);
  const drop = galleries.drop === undefined ? null : fillPattern(galleries.drop, places);
  const links = extractUrls(page, galleries.links).slice(0, MAX_LINKS);
  return links.filter((url) => {
    const path = pathOf(url);
    return isOfSite(definition, new URL(url)) && keep?.test(path) && !drop?.test(path);
  });
}

/** The pictures of a gallery page, unless it shows others than the one of these names. */
export function readGallery(
  galleries: Galleries,
  page: PageDocument,
  context: ImageContext,
  names: readonly string[],
): GalleryReading {
  const models = galleries.models ? extractValues(page, galleries.models) : [];
  const matched: Matched = galleries.models ? { models: models.length } : {};
  const others = models.filter((model) => !names.some((name) => isSameName(name, model)));
  if (others.length > 0) {
    return { images: [], skipped: `${page.url} shows ${models.length} models, or another one`, matched };
  }
  const images = galleries.images.flatMap((rule) => {
    const found = readImages(page, rule, context);
    matched[`images.${rule.name}`] = found.length;
    return found;
  });
  return {
    images: galleries.commonest ? ofCommonest(images, galleries.commonest) : images,
    skipped: null,
    matched,
  };
}

/** The pictures of the set that most belong to: the others are of related sets. */
function ofCommonest(images: PageImage[], idPattern: RegExp): PageImage[] {
  const idOf = ({ url }: PageImage) => idPattern.exec(pathOf(url))?.[1];
  const bySet = Map.groupBy(images, idOf);
  bySet.delete(undefined);
  return [...bySet.values()].toSorted((a, b) => b.length - a.length)[0] ?? [];
}
