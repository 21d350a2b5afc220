import { count, sha256, time } from '@trainer/contract/primitives';
import { z } from 'zod';

/**
 * A backup is text, one JSON value a line, compressed as a whole:
 *
 *     {"format": "stash-sense-trainer control plane", "format_version": 1, "schema": 8, …}
 *     {"table": "runs", "columns": ["id", "status", …]}
 *     [1, "completed", …]
 *     …
 *     {"rows": {"runs": 12, …}, "sha256": "…"}
 *
 * The last line counts the rows of each table and holds the hash of every byte before it, so a file that was cut off or
 * damaged is known for that before anything is changed.
 */
export const backupFormat = 'stash-sense-trainer control plane';
/** Raised when older programs could no longer read what is written. */
export const backupFormatVersion = 1;

const name = z.string().regex(/^[a-z][a-z0-9_]*$/);

export const headerSchema = z.object({
  format: z.literal(backupFormat),
  format_version: z.int().positive(),
  /** The number of the newest migration that the rows fit. */
  schema: z.int().positive(),
  created_at: time,
  /** The highest id that each table has ever given out, also to rows that are gone. */
  sequences: z.record(name, count),
});
export type Header = z.infer<typeof headerSchema>;

export const tableSchema = z.object({ table: name, columns: z.array(name).min(1) });

/** The values of one row, in the order of the columns. */
export type Row = readonly (string | number | null)[];

/** Checked by hand: there may be a million of them. */
export function isRow(value: unknown, columns: readonly string[]): value is Row {
  return (
    Array.isArray(value) &&
    value.length === columns.length &&
    value.every((each) => each === null || typeof each === 'string' || typeof each === 'number')
  );
}

export const trailerSchema = z.object({ rows: z.record(name, count), sha256 });
export type Trailer = z.infer<typeof trailerSchema>;

/** Rows of one table, so many that they are handled at once and so few that memory does not notice. */
export interface Page {
  table: string;
  columns: readonly string[];
  rows: readonly Row[];
}
