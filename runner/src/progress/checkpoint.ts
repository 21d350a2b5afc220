import { z } from 'zod';

/** How pictures are judged and how many faces are wanted: what, when it changes, makes everyone worth another look. */
export interface Demands {
  /** Faces per performer. */
  limits: { source: number; total: number };
  /** Everything else that decides about pictures, as text that is equal when it is. */
  policy: string;
}

const bookmarkSchema = z.object({
  limits: z.object({ source: z.number(), total: z.number() }),
  policy: z.string(),
  /** Since when the policy is this one. */
  policySince: z.iso.datetime(),
  /** The source's own. */
  cursor: z.unknown(),
});
export type Bookmark = z.infer<typeof bookmarkSchema>;

/** What an imported release leaves: nobody here has judged its pictures, so whatever is demanded first counts as what they were judged with. */
const importedSchema = bookmarkSchema
  .pick({ policySince: true, cursor: true })
  .extend({ imported: z.literal(true) });

/**
 * @param cursor the source's own
 * @param madeAt when the release was made, ISO 8601
 */
export function importedBookmark(cursor: unknown, madeAt: string): z.infer<typeof importedSchema> {
  return { imported: true, policySince: madeAt, cursor };
}

export interface OpenedBookmark {
  bookmark: Bookmark;
  /** The whole source must be walked through: those who have not changed may yield other faces now. */
  isWider: boolean;
}

/** The bookmark of an earlier task, adapted to what is demanded now. */
export function openBookmark(stored: unknown, { limits, policy }: Demands, now: Date): OpenedBookmark {
  const imported = importedSchema.safeParse(stored);
  if (imported.success) {
    const { policySince, cursor } = imported.data;
    return { bookmark: { limits, policy, policySince, cursor }, isWider: false };
  }
  const parsed = bookmarkSchema.safeParse(stored);
  if (!parsed.success) {
    return { bookmark: { limits, policy, policySince: now.toISOString(), cursor: null }, isWider: false };
  }
  const before = parsed.data;
  const isOther = before.policy !== policy;
  const isMore = limits.source > before.limits.source || limits.total > before.limits.total;
  const policySince = isOther ? now.toISOString() : before.policySince;
  return {
    bookmark: { limits, policy, policySince, cursor: before.cursor ?? null },
    isWider: isOther || isMore,
  };
}
