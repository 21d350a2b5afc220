import { webAddress } from '@trainer/contract/primitives';
import type { FoundReview } from '@trainer/contract/reviews';
import type { ListedReview } from './list-reviews.ts';

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
