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
  /** How many performers the box said it had, as of the last finished run; null when a run after it was cut short. */
  count: z.int().nonnegative().nullable().default(null),
  /** Known performers are being asked for by id, because the count says that somebody vanished: where the next run goes on. */
  check: z
    .object({
      after: z.string(),
      /** Somebody else vanished meanwhile: once through, it begins anew. */
      again: z.boolean(),
    })
    .nullable()
    .default(null),
});
export type StashBoxCursor = z.infer<typeof cursorSchema>;
export type KnownCheck = NonNullable<StashBoxCursor['check']>;
export type FullScan = NonNullable<StashBoxCursor['scan']>;

/** The cursor of a catalog that others have filled up to a time (ISO 8601): what changed since is listed, and everybody is checked. */
export function cursorSince(time: string): StashBoxCursor {
  const check = { after: '', again: false };
  return { syncedAt: time, scan: null, fullScanOf: null, count: null, check };
}

/** The cursor, or null when there is none or it is none of ours: then everything is read again, which loses nothing. */
export function readCursor(value: unknown): StashBoxCursor | null {
  const parsed = cursorSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
