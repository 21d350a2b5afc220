/** Ids told lately are remembered, for rows that move while their commit is still under way. */
const RECENT_IDS = 2_000;

/** Whom a walk through a source has met. */
export type MetIds = ReturnType<typeof createMetIds>;

/** Counts everyone met, on top of those committed `before`, and remembers the latest. */
export function createMetIds(before: number) {
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
