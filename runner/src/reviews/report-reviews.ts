import type { Call } from '@trainer/contract/client';
import { limits } from '@trainer/contract/limits';
import { webAddress } from '@trainer/contract/primitives';
import type { FoundReview, ReviewReport } from '@trainer/contract/reviews';
import type { CatalogDatabase } from '../catalog/database.ts';
import type { Task } from '../lease/task.ts';
import { type ListedReview, listReviews } from './list-reviews.ts';

export interface ReviewDeps {
  catalog: CatalogDatabase;
  /** Repeats what fails in passing. */
  session: Call;
}

/** The contract's figure for one request; the rest of the body needs little room. */
const batch = { most: 200, maxBytes: Math.floor(limits.jsonBodyMaxBytes * 0.9) };

/**
 * Tells the control plane what somebody should look at. Under the publish task, the only one of its stage, that is all there
 * is: what was found before and is not among it is closed. Under others it is what was found since `since`.
 *
 * @returns how many reviews that were
 */
export async function reportReviews(
  task: Pick<Task, 'lease' | 'signal'>,
  { catalog, session }: ReviewDeps,
  since: Date,
): Promise<number> {
  const isPublish = task.lease.kind === 'publish';
  const isWanted = ({ found_at }: FoundReview) => isPublish || Date.parse(found_at) >= since.getTime();
  let count = 0;
  for await (const page of pagesOf(catalog)) {
    const wanted = page.map(fitReview).filter(isWanted);
    for (const reviews of batches(wanted, batch)) await report(task, session, { reviews });
    count += wanted.length;
  }
  // Nothing found is news as well: it closes what was open.
  if (isPublish) await report(task, session, { reviews: [], is_complete: true });
  return count;
}

async function* pagesOf(database: CatalogDatabase) {
  for (let after = ''; ; ) {
    const page = await listReviews(database, { after, limit: batch.most });
    yield page;
    if (page.length < batch.most) return;
    after = page.at(-1)?.key ?? '';
  }
}

/** One batch of news about reviews. */
export function report(
  { lease: { task_id: task, fence }, signal }: Pick<Task, 'lease' | 'signal'>,
  session: Call,
  news: Omit<ReviewReport, 'fence'>,
): Promise<void> {
  return session('PUT /api/leases/{task}/reviews', { params: { task }, body: { fence, ...news }, signal });
}

/** The contract's figures. */
const most = { performers: 10, ids: 20, pages: 40, evidence: 50 };

/** A review as the control plane takes it: one odd address among two hundred reviews must not hold back the rest. */
export function fitReview({ decision: _, ...found }: ListedReview): FoundReview {
  return {
    ...found,
    performers: found.performers.slice(0, most.performers).map(({ name, ids, pages }) => ({
      name,
      ids: ids.slice(0, most.ids),
      pages: pages.filter(isWebAddress).slice(0, most.pages),
    })),
    evidence: found.evidence
      .slice(0, most.evidence)
      .map((row) => ({ ...row, url: row.url && isWebAddress(row.url) ? row.url : null })),
  };
}

function isWebAddress(text: string): boolean {
  return webAddress.safeParse(text).success;
}

/** Groups `items` so that none has more than `most` of them or more than `maxBytes` of JSON; one that is larger stands alone. */
export function* batches<T>(
  items: Iterable<T>,
  { most, maxBytes }: { most: number; maxBytes: number },
): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (batch.length > 0 && (batch.length === most || bytes + size > maxBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
