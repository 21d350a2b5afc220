import { z } from 'zod';

/** Where a stash-box goes on: in the middle of a full scan, or with what changed since the last one. */
const cursorSchema = z.object({
  /** When the last finished scan began, by our clock; null before the first. */
  syncedAt: z.iso.datetime().nullable(),
  /** The full scan under way. */
  scan: z
    .object({
      id: z.string(),
      /** The run that began it. */
      run: z.string(),
      startedAt: z.iso.datetime(),
      sweep: z.int().nonnegative(),
      page: z.int().positive(),
    })
    .nullable(),
  /** The run that last finished a full scan. */
  fullScanOf: z.string().nullable(),
});
export type StashBoxCursor = z.infer<typeof cursorSchema>;
export type FullScan = NonNullable<StashBoxCursor['scan']>;

/** The cursor, or null when there is none or it is none of ours: then everything is read again, which loses nothing. */
export function readCursor(value: unknown): StashBoxCursor | null {
  const parsed = cursorSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
