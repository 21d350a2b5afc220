import type { MetIds } from './seen-ids.ts';
import type { ListRequest } from './source.ts';

/** More than this share of the known missing from a listing is a fault of the listing. */
const MAX_MISSING_SHARE = 0.2;
const ALWAYS_LOOKED_FOR = 100;

export interface Missing {
  /** How many the catalog holds. */
  known: number;
  missing: string[];
  /** Someone whom the walk has met; null when it met nobody. */
  present: string | null;
}

/** Compares whom the catalog holds with whom a walk through the whole source has met. */
export async function findMissing(
  { memory }: Pick<ListRequest, 'memory'>,
  walkId: string,
  met: MetIds,
): Promise<Missing> {
  const found: Missing = { known: 0, missing: [], present: null };
  for await (const ids of memory.knownIds()) {
    const seen = await memory.seenIds(walkId, ids);
    // The commits of the latest may still be under way.
    const isMet = (id: string) => seen.has(id) || met.isRecent(id);
    found.known += ids.length;
    found.missing.push(...ids.filter((id) => !isMet(id)));
    found.present ??= ids.find(isMet) ?? null;
  }
  return found;
}

/** Whether so many are missing that it is the listing, or the address, that is wrong. */
export function isImplausible({ known, missing }: Missing): boolean {
  return missing.length > Math.max(ALWAYS_LOOKED_FOR, known * MAX_MISSING_SHARE);
}
