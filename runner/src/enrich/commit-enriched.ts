import { hasRecords } from '../catalog/find-record.ts';
import type { ImageOutcome } from '../catalog/image-outcome.ts';
import type { LookUpCommit } from '../catalog/look-ups.ts';
import { dropPrivateNames } from '../eligibility/eligibility.ts';
import type { GatheredImages } from '../pictures/gather-images.ts';
import { countRetired, findUnlistedImages, readHeldFaces } from '../pictures/held-faces.ts';
import { fitIntoRoom } from '../pictures/limit-faces.ts';
import { emptyResult, resultOf } from '../progress/counters.ts';
import type { PlannedResult, Position, ProgressWriter } from '../progress/progress-writer.ts';
import type { LookUpOutcome } from '../sources/base/enrich-source.ts';
import { type EnrichContext, type Enriched, isOpen, keyOf, toLookUpListing } from './enrich-performer.ts';
import { recordOfPage } from './look-up-query.ts';

type Asked = Extract<Enriched, { kind: 'asked' }>;

/** Outcomes that are counted like a rejected image: why a performer got nothing. */
const MISSES: ReadonlySet<LookUpOutcome> = new Set(['not_found', 'mismatch', 'unrecognised', 'empty']);

/** Commits a performer whose turn it is. */
export async function commitEnriched(
  enriched: Enriched,
  positionOf: () => Position,
  writer: ProgressWriter,
  context: EnrichContext,
): Promise<void> {
  if (enriched.kind === 'passed') {
    return writer.pass(positionOf(), { unchanged: enriched.isKnown, rejections: enriched.rejections });
  }
  const { candidate, lookUp } = enriched;
  const { outcome, reason, problems } = lookUp;
  if (outcome === 'skipped') return context.isSecondLook ? undefined : writer.pass(positionOf(), {});
  if (outcome === 'failed' || outcome === 'unrecognised') {
    context.log.warn(`A look-up brought nothing: ${reason}`, { performer: candidate.held.id });
  }
  for (const problem of problems) context.log.debug(problem, { performer: candidate.held.id });
  if (outcome === 'found') context.tracker.noteFaces(enriched.facesHeld + enriched.gathered.facesAdded);
  await writer.commit(positionOf(), candidate.held.id, () => planResult(enriched, context));
}

/** What the look-up comes to by now: since it began, another task may have changed what is known of the performer. */
async function planResult(enriched: Asked, context: EnrichContext): Promise<PlannedResult> {
  const { held: performer } = enriched.candidate;
  const { outcome } = enriched.lookUp;
  if (!(await hasRecords(context.catalog, performer.id))) {
    return { images: [], result: emptyResult };
  }
  const listing = toLookUpListing(enriched.candidate, enriched.lookUp, context.sourceId);
  const unlisted = await findUnlistedImages(listing, context.catalog);
  const held = await readHeldFaces([performer.id], context, context.faces, unlisted);
  const gathered = fitIntoRoom(enriched.gathered, held);
  const images = gathered.images.map((image) => withProvenance(image, enriched, context));
  const result = resultOf({ ...gathered, images });
  return {
    images,
    ...(listing ? { listing } : {}),
    unchanged: gathered.unchanged,
    lookUp: describe(enriched, gathered, context),
    result: {
      ...result,
      imagesRetired: countRetired(unlisted),
      performers: context.isSecondLook ? 0 : 1,
      unchanged: outcome === 'unchanged' && !context.isSecondLook,
      rejections: [...result.rejections, ...(MISSES.has(outcome) ? [outcome] : [])],
      errors: result.errors + (outcome === 'failed' ? 1 : 0),
    },
  };
}

/** The image with what led to it: the page, the rule, and the record whose address or id it was. */
function withProvenance(
  image: ImageOutcome,
  { candidate, lookUp }: Asked,
  { sourceId, mode }: EnrichContext,
): ImageOutcome {
  const found = lookUp.images.find(({ url }) => url === image.url);
  if (!found) return image;
  const byPage = mode === 'url' ? recordOfPage(candidate, sourceId, lookUp.page?.url ?? found.pageUrl) : null;
  return { ...image, pageUrl: found.pageUrl, rule: found.rule, recordRef: found.record ?? byPage };
}

function describe(enriched: Asked, gathered: GatheredImages, context: EnrichContext): LookUpCommit {
  const { candidate, askedWith, before, lookUp } = enriched;
  const { outcome, reason, page, read = [] } = lookUp;
  const { performerId: _, ...key } = keyOf(candidate, context);
  const isSame = outcome === 'unchanged' && before !== null;
  return {
    ...key,
    outcome: isSame ? before.outcome : outcome,
    reason,
    pageUrl: page?.url ?? null,
    askedWith,
    // What could not be read is asked for again, and whole.
    judgedWith: outcome === 'failed' ? '' : context.judgedWith,
    openImages: gathered.left.length + gathered.images.filter(isOpen).length,
    names: page && dropPrivateNames([page.name, ...page.aliases]),
    pages: read,
  };
}
