import type { ListRequest } from './source.ts';

/** Ids told lately are remembered, for rows that move while their commit is still under way. */
const RECENT_IDS = 2_000;

/** Whom a walk through a source has met. */
export type SeenIds = ReturnType<typeof createSeenIds>;

/** Counts everyone met, on top of those committed `before`, and remembers the latest. */
export function createSeenIds(before: number) {
  const recent = new Set<string>();
  let count = before;
  return {
    count: () => count,
    isRecent: (id: string) => recent.has(id),
    isNew(id: string): boolean {
      if (recent.has(id)) return false;
      recent.add(id);
      count += 1;
      const [oldest] = recent;
      if (recent.size > RECENT_IDS && oldest !== undefined) recent.delete(oldest);
      return true;
    },
  };
}

/** More than this share of the known missing from a listing is a fault of the listing. */
const MAX_MISSING_SHARE = 0.2;
const ALWAYS_LOOKED_FOR = 100;

interface Missing {
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
  seen: SeenIds,
): Promise<Missing> {
  const found: Missing = { known: 0, missing: [], present: null };
  for await (const ids of memory.knownIds()) {
    const committed = await memory.seenIds(walkId, ids);
    // The commits of the latest may still be under way.
    const isSeen = (id: string) => committed.has(id) || seen.isRecent(id);
    found.known += ids.length;
    found.missing.push(...ids.filter((id) => !isSeen(id)));
    found.present ??= ids.find(isSeen) ?? null;
  }
  return found;
}

/** Whether so many are missing that it is the listing, or the address, that is wrong. */
export function isImplausible({ known, missing }: Missing): boolean {
  return missing.length > Math.max(ALWAYS_LOOKED_FOR, known * MAX_MISSING_SHARE);
}
