import { z } from 'zod';

/** Where ThePornDB goes on: in the middle of a walk, or with the next one. */
const cursorSchema = z.object({
  walk: z
    .object({
      id: z.string(),
      /** The run that began it. */
      run: z.string(),
      sweep: z.int().nonnegative(),
      page: z.int().positive(),
    })
    .nullable(),
  /** The run that finished the last walk. */
  walkedBy: z.string().nullable(),
});
export type ThePornDbCursor = z.infer<typeof cursorSchema>;
export type FullScan = NonNullable<ThePornDbCursor['walk']>;

/** The cursor, or null when there is none or it is none of ours: then everything is read again, which loses nothing. */
export function readCursor(value: unknown): ThePornDbCursor | null {
  const parsed = cursorSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
