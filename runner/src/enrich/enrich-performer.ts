import type { Gender, ReferenceMode } from '@trainer/contract/sources';
import type { LimitFunction } from 'p-limit';
import type { KnownImage } from '../catalog/image-outcome.ts';
import { findLookUp, type KnownLookUp, listPages, type StoredPage } from '../catalog/look-ups.ts';
import type { ImageListing } from '../commit/retire-images.ts';
import type { ExclusionFilter } from '../exclusions/exclusion-filter.ts';
import { isRejudged } from '../pictures/choose-images.ts';
import type { FaceSettings, ImageContext } from '../pictures/face-settings.ts';
import { type GatheredImages, gatherImages, nothingGathered } from '../pictures/gather-images.ts';
import { findUnlistedImages, type HeldFaces, readHeldFaces } from '../pictures/held-faces.ts';
import { isDue, isPassing, isWorthAsking, type RunTime } from '../pictures/retry-images.ts';
import type { EnrichSource, FoundImage, LookUp } from '../sources/base/enrich-source.ts';
import type { Source } from '../sources/base/source.ts';
import type { YieldTracker } from '../sources/page/drift/yield-tracker.ts';
import type { Candidate } from './list-candidates.ts';
import { type LookUpQuery, lookUpQueryOf } from './look-up-query.ts';
import { rememberPages } from './remember-pages.ts';

/** A performer whose turn it is to be committed. */
export type Enriched =
  /** Nobody was asked. */
  | { kind: 'passed'; candidate: Candidate; isKnown: boolean; rejections: string[] }
  | {
      kind: 'asked';
      candidate: Candidate;
      askedWith: string;
      before: KnownLookUp | null;
      lookUp: LookUp;
      gathered: GatheredImages;
      /** Faces that are held from images of the page. */
      facesHeld: number;
    };

/** Misses are believed for this long, and pages that cannot be asked for conditionally. */
const RESULT_VALID_MS = 30 * 24 * 3_600_000;
/** A page that is none of a performer may be a proxy's about an outage: browsers tell no status. */
const UNRECOGNISED_VALID_MS = 24 * 3_600_000;
/** Images found per face that is wanted: more are seldom needed, and galleries cost a page each. */
const IMAGES_PER_FACE = 5;

/** Asks a source about a performer and looks at the images, unless there is no reason to. */
export async function enrichPerformer(candidate: Candidate, context: EnrichContext): Promise<Enriched> {
  const { catalog, exclusionFilter, genderFilter, faces, source } = context;
  const pass = (isKnown: boolean, ...rejections: string[]): Enriched => ({
    kind: 'passed',
    candidate,
    isKnown,
    rejections,
  });
  const refusal = exclusionFilter.refusalOfHeld(candidate.held);
  if (refusal) return pass(false, refusal.reason);
  if (genderFilter !== null && candidate.gender !== null && candidate.gender !== genderFilter)
    return pass(false);
  const held = await readHeldFaces([candidate.held.id], context, faces, []);
  // What a source has taken back makes room.
  const mayRetire = source.listsAll === true && held.known.size > 0;
  if (held.room === 0 && !mayRetire) return pass(true);
  // Such a source is believed only where there is a face to compare with.
  if (faces.trust !== 'high' && held.vectors.length === 0 && !mayRetire)
    return pass(false, 'no_existing_faces');
  const query = lookUpQueryOf(candidate, context.mode, source);
  const before = await findLookUp(catalog, keyOf(candidate, context));
  const pages = await listPages(catalog, candidate.held.id, source.id);
  const { isFull, now } = faces.time;
  const isDueAgain = [...held.known.values()].some(
    (image) => isDue(image, now) || (isFull && isWorthAsking(image, faces.time)),
  );
  if (!isDueAgain && isStillValid(before, pages, query, context)) return pass(true);
  return ask(candidate, query, isDueAgain ? null : before, pages, held, context);
}

export function keyOf({ held }: Candidate, { sourceId, mode, faces }: EnrichContext) {
  return { performerId: held.id, source: sourceId, mode, pack: faces.pack };
}

/** Whether what is known answers the question: a miss for a while, and pages that only come whole. */
function isStillValid(
  before: KnownLookUp | null,
  pages: readonly StoredPage[],
  { askedWith }: LookUpQuery,
  context: EnrichContext,
): boolean {
  if (!before || before.askedWith !== askedWith) return false;
  const ageMs = context.now().getTime() - Date.parse(before.lookedUpAt);
  if (ageMs >= RESULT_VALID_MS) return false;
  if (before.outcome === 'unrecognised' && (context.faces.time.isFull || ageMs >= UNRECOGNISED_VALID_MS))
    return false;
  if (before.outcome === 'not_found' || before.outcome === 'mismatch') return true;
  const isWhole = ({ etag, lastModified }: StoredPage) => etag === null && lastModified === null;
  return pages.length > 0 && pages.every(isWhole) && isSettled(before, askedWith, context);
}

/** Whether "as it was" would be an answer. */
function isSettled(
  before: KnownLookUp | null,
  askedWith: string,
  { judgedWith }: EnrichContext,
): before is KnownLookUp {
  return before?.askedWith === askedWith && before.judgedWith === judgedWith && before.openImages === 0;
}

async function ask(
  candidate: Candidate,
  { known, askedWith }: LookUpQuery,
  before: KnownLookUp | null,
  pages: readonly StoredPage[],
  held: HeldFaces,
  context: EnrichContext,
): Promise<Enriched> {
  const { source, mode, faces, signal } = context;
  const request = {
    mode,
    maxImages: held.room * IMAGES_PER_FACE,
    pages: rememberPages({
      catalog: context.catalog,
      performerId: candidate.held.id,
      source: source.id,
      pages,
      isSettled: isSettled(before, askedWith, context),
      now: context.now,
    }),
    signal,
  };
  const lookUp = await context.oneLookUp(() => {
    signal.throwIfAborted();
    return source.lookUp(known, request);
  });
  const unlisted = await findUnlistedImages(toLookUpListing(candidate, lookUp, source.id), context.catalog);
  const left =
    unlisted.length > 0 ? await readHeldFaces([candidate.held.id], context, faces, unlisted) : held;
  const wanted = chooseFoundImages(lookUp.images, left.known, faces.policySince, faces.time);
  const gathered = wanted.length > 0 ? await gather(wanted, left, context) : nothingGathered;
  const facesHeld = lookUp.images.filter(({ url }) => held.known.get(url)?.outcome === 'accepted').length;
  return { kind: 'asked', candidate, askedWith, before, lookUp, gathered, facesHeld };
}

/** Everything that a source has of a performer, or null where it does not say so. */
export function toLookUpListing(
  { held }: Candidate,
  { isWhole, images }: LookUp,
  source: string,
): ImageListing | null {
  return isWhole ? { source, of: held.id, urls: images.map(({ url }) => url) } : null;
}

function gather(wanted: FoundImage[], held: HeldFaces, context: EnrichContext): Promise<GatheredImages> {
  const byUrl = new Map(wanted.map((image) => [image.url, image]));
  const fetchImage: Source['fetchImage'] = (image, validators, signal) => {
    const found = byUrl.get(image.url);
    if (!found) throw new Error(`${image.url} was not found by this look-up`);
    return context.source.fetchImage(found, validators, signal);
  };
  return gatherImages(wanted, held, { ...context, source: { fetchImage } }, context.faces);
}

/** What every step of one enrich task works with. */
export interface EnrichContext extends Omit<ImageContext, 'source'> {
  /** Decides who must stay out. */
  exclusionFilter: ExclusionFilter;
  genderFilter: Gender | null;
  source: EnrichSource;
  mode: ReferenceMode;
  faces: FaceSettings;
  /** Equal as long as pictures would be judged the same way. */
  judgedWith: string;
  tracker: YieldTracker;
  /** One look-up at a time, so that a kill costs the page that is under way and no other. */
  oneLookUp: LimitFunction;
  now: () => Date;
  /** The performers were counted before: see `enrich`. */
  isSecondLook?: boolean;
}

/**
 * The images that a source has not shown before, or that deserve another look. Unlike those of a stash-box they have no
 * revision as a rule: a picture at the same address is taken for the same.
 */
function chooseFoundImages(
  found: readonly FoundImage[],
  known: ReadonlyMap<string, KnownImage>,
  policySince: string,
  time: RunTime,
): FoundImage[] {
  return found.filter((image) => {
    const before = known.get(image.url);
    if (!before) return true;
    if (before.reason === 'excluded') return false;
    if (image.revision !== null && image.revision !== before.etag) return true;
    return isOpen(before) || isWorthAsking(before, time) || isRejudged(before, policySince);
  });
}

/** Whether the last word about an image has not been said. */
export function isOpen(image: { reason: string | null }): boolean {
  return image.reason === 'limit_reached' || isPassing(image);
}
