import type { Galleries, SiteDefinition } from './definition/definition.ts';
import { fillPath } from './definition/patterns.ts';
import { hyphenSlug } from './names/make-slugs.ts';
import { extractUrls } from './reading/extract-values.ts';
import { type PageDocument, readDocument } from './reading/page-document.ts';
import { galleryLinks, readGallery } from './reading/read-gallery.ts';
import { type ImageContext, type PageImage, readImages } from './reading/read-images.ts';
import type { Matched, PerformerPage } from './reading/read-performer.ts';
import type { Visit } from './visit.ts';

interface Collection {
  definition: SiteDefinition;
  page: PerformerPage;
  context: ImageContext;
  visit: Visit;
  /** The performer's further pages that were read, by name; null for one that could not be. */
  further: Map<string, PageDocument | null>;
}

/**
 * The pictures of a performer, those of the performer's own page first, then gallery by gallery, until there are
 * enough. No gallery is opened that is not needed.
 */
export async function collectImages(
  definition: SiteDefinition,
  page: PerformerPage,
  maxImages: number,
  visit: Visit,
): Promise<PageImage[]> {
  const places = { ...page.address.parts, name: hyphenSlug(page.name) };
  const context = { places, imageHosts: definition.imageHosts };
  const collection = { definition, page, context, visit, further: new Map() };
  const images = new Map<string, PageImage>();
  if (maxImages <= 0) return [];
  for await (const image of allImages(collection)) {
    if (!images.has(image.url)) images.set(image.url, image);
    if (images.size >= maxImages) break;
  }
  return [...images.values()];
}

async function* allImages(collection: Collection): AsyncGenerator<PageImage> {
  const { definition } = collection;
  const page = await openFurther(collection, definition.imagesOn);
  if (page) yield* ownImages(collection, page, definition.imagesOn);
  if (definition.galleries) yield* galleryImages(collection, definition.galleries);
}

function ownImages(
  { definition, context, page, visit }: Collection,
  on: PageDocument,
  name?: string,
): PageImage[] {
  const matched: Matched = {};
  const images = definition.images.flatMap((rule) => {
    const found = readImages(on, rule, context);
    matched[`images.${rule.name}`] = found.length;
    return found;
  });
  if (name === undefined) Object.assign(page.matched, matched);
  else visit.note(on.url, 'listing', matched);
  return images;
}

async function* galleryImages(collection: Collection, galleries: Galleries): AsyncGenerator<PageImage> {
  const { visit, context, page } = collection;
  const names = [page.name, ...page.aliases];
  let opened = 0;
  for await (const link of listedGalleries(collection, galleries)) {
    if (opened >= galleries.max) return;
    opened += 1;
    const answer = await visit.open(link);
    // Pictures of an unchanged gallery are known.
    if (!answer || answer.status === 304) continue;
    const reading = readGallery(galleries, readDocument(answer), context, names);
    visit.note(answer.url, 'gallery', reading.matched);
    if (reading.skipped !== null) visit.problems.push(reading.skipped);
    yield* reading.images;
  }
}

/** Links of the listing, and of the pages on which it goes on; one that leads back ends it. */
async function* listedGalleries(collection: Collection, galleries: Galleries): AsyncGenerator<string> {
  const { definition, page, context, visit } = collection;
  const seen = new Set<string>();
  let listing = await openFurther(collection, definition.galleriesOn);
  for (let isFirst = true; listing; isFirst = false) {
    const links = galleryLinks(definition, galleries, listing, context.places);
    if (isFirst && definition.galleriesOn === undefined) page.matched['galleries.links'] = links.length;
    else visit.note(listing.url, 'listing', { 'galleries.links': links.length });
    const fresh = links.filter((link) => !seen.has(link));
    for (const link of fresh) seen.add(link);
    yield* fresh;
    const next: string | undefined = galleries.next && extractUrls(listing, galleries.next)[0];
    if (next === undefined || seen.has(next) || fresh.length === 0) return;
    seen.add(next);
    const answer = await visit.open(next, 'whole');
    listing = answer && readDocument(answer);
  }
}

/** The performer's page, or the further one of that name, which is asked for once. */
async function openFurther({ definition, page, visit, further }: Collection, name: string | undefined) {
  const template = name === undefined ? undefined : definition.pages[name];
  if (name === undefined || template === undefined) return page.document;
  const known = further.get(name);
  if (known !== undefined) return known;
  const answer = await visit.open(
    new URL(fillPath(template, page.address.parts), definition.site).href,
    'whole',
  );
  const isGood = answer && (answer.status === 0 || answer.status === 200);
  const document = isGood ? readDocument(answer) : null;
  further.set(name, document);
  return document;
}
