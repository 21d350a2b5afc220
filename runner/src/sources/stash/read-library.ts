import { z } from 'zod';
import { tidyId } from '../../catalog/tidy-id.ts';
import { SourceBlocked } from '../../http/request-errors.ts';
import { QueryRejected, type RunQuery } from '../stash-box/query.ts';

/** A performer of the owner's Stash that a stash-box knows too. */
export interface StashPerformer {
  /** Stash's own. */
  id: string;
  name: string;
  /** Changes whenever the performer does; null when there is no picture. */
  pictureRevision: string | null;
}

/** Who is in the owner's Stash, by what stash-boxes call them. */
export interface StashLibrary {
  /** Several when the owner has one performer twice. */
  find(endpoint: string, remoteId: string): readonly StashPerformer[];
  /** Whether the whole library could be read: only then is who is not found not there. */
  isWhole: boolean;
}

/** A library has thousands of performers, and a row is small. */
const PER_PAGE = 500;

/** Long-standing fields. Ids in ascending order never move between pages. */
const QUESTION = `query ($filter: FindFilterType) { findPerformers(filter: $filter) {
  count performers { id name image_path updated_at stash_ids { endpoint stash_id } } } }`;

const answer = z.object({
  findPerformers: z.object({ count: z.int().nonnegative(), performers: z.array(z.unknown()) }),
});
const row = z.object({
  id: z.string().min(1),
  name: z.string(),
  image_path: z.string().nullish(),
  updated_at: z.string().nullish(),
  stash_ids: z.array(z.object({ endpoint: z.string(), stash_id: z.string() })),
});
type Row = z.infer<typeof row>;

/**
 * Reads the whole library. Rows that cannot be read and stash-boxes that nobody knows are passed over. `boxes` leads from the
 * host of an endpoint to its short name.
 *
 * @throws SourceBlocked, Retryable (all tries used up) or the signal's reason
 */
export async function readLibrary(
  runQuery: RunQuery,
  boxes: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<StashLibrary> {
  const byKey = new Map<string, StashPerformer[]>();
  const read = new Set<string>();
  let total = 0;
  for (let page = 1; ; page++) {
    const { count, performers } = await askPage(runQuery, page, signal);
    total = count;
    for (const value of performers) {
      const parsed = row.safeParse(value);
      if (!parsed.success) continue;
      read.add(parsed.data.id);
      enter(parsed.data, boxes, byKey);
    }
    if (performers.length === 0 || page * PER_PAGE >= count) break;
  }
  return {
    find: (endpoint, remoteId) => byKey.get(keyOf(endpoint, remoteId)) ?? [],
    isWhole: read.size >= total,
  };
}

async function askPage(runQuery: RunQuery, page: number, signal: AbortSignal) {
  try {
    const filter = { page, per_page: PER_PAGE, sort: 'id', direction: 'ASC' };
    return (await runQuery(QUESTION, { filter }, answer, signal)).findPerformers;
  } catch (error) {
    if (error instanceof QueryRejected) throw new SourceBlocked(error.message, { cause: error });
    throw error;
  }
}

function enter(
  { id, name, image_path, updated_at, stash_ids }: Row,
  boxes: ReadonlyMap<string, string>,
  byKey: Map<string, StashPerformer[]>,
): void {
  const performer = { id, name, pictureRevision: revisionOf(image_path, updated_at) };
  for (const { endpoint, stash_id } of stash_ids) {
    const box = boxes.get(URL.parse(endpoint)?.host.replace(/^www\./, '') ?? '');
    if (box === undefined) continue;
    const key = keyOf(box, stash_id);
    byKey.set(key, [...(byKey.get(key) ?? []), performer]);
  }
}

/** Stash marks the path of the drawing that stands for a missing picture, and puts the time of change into the others. */
function revisionOf(
  imagePath: string | null | undefined,
  updatedAt: string | null | undefined,
): string | null {
  const url = URL.parse(imagePath ?? '', 'http://stash');
  if (!imagePath || !url || url.searchParams.get('default') === 'true') return null;
  return `stash:${url.searchParams.get('t') ?? updatedAt ?? ''}`;
}

function keyOf(endpoint: string, remoteId: string): string {
  return `${endpoint} ${tidyId(remoteId).trim().toLowerCase()}`;
}
