import { z } from 'zod';

/** How pictures are judged and how many faces are wanted: what, when it changes, makes everyone worth another look. */
export interface JudgingSettings {
  /** Faces per performer. */
  limits: { source: number; total: number };
  /** Everything else that decides about pictures, as text that is equal when it is. */
  policy: string;
}

const checkpointSchema = z.object({
  limits: z.object({ source: z.number(), total: z.number() }),
  policy: z.string(),
  /** Since when the policy is this one. */
  policySince: z.iso.datetime(),
  /** The source's own. */
  cursor: z.unknown(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** What an imported release leaves: nobody here has judged its pictures, so whatever is demanded first counts as what they were judged with. */
const importedSchema = checkpointSchema
  .pick({ policySince: true, cursor: true })
  .extend({ imported: z.literal(true) });

/**
 * @param cursor the source's own
 * @param madeAt when the release was made, ISO 8601
 */
export function importedCheckpoint(cursor: unknown, madeAt: string): z.infer<typeof importedSchema> {
  return { imported: true, policySince: madeAt, cursor };
}

export interface OpenedCheckpoint {
  checkpoint: Checkpoint;
  /** The whole source must be walked through: those who have not changed may yield other faces now. */
  needsFullScan: boolean;
}

/** The bookmark of an earlier task, adapted to what is demanded now. */
export function openCheckpoint(
  stored: unknown,
  { limits, policy }: JudgingSettings,
  now: Date,
): OpenedCheckpoint {
  const imported = importedSchema.safeParse(stored);
  if (imported.success) {
    const { policySince, cursor } = imported.data;
    return { checkpoint: { limits, policy, policySince, cursor }, needsFullScan: false };
  }
  const parsed = checkpointSchema.safeParse(stored);
  if (!parsed.success) {
    return {
      checkpoint: { limits, policy, policySince: now.toISOString(), cursor: null },
      needsFullScan: false,
    };
  }
  const before = parsed.data;
  const isOther = before.policy !== policy;
  const isMore = limits.source > before.limits.source || limits.total > before.limits.total;
  const policySince = isOther ? now.toISOString() : before.policySince;
  return {
    checkpoint: { limits, policy, policySince, cursor: before.cursor ?? null },
    needsFullScan: isOther || isMore,
  };
}
