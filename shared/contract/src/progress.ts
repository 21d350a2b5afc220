import { z } from 'zod';
import { count, dictionary, text } from './primitives.ts';
import { kept } from './tolerance.ts';

/** What one host was asked and gave: a line of the politeness report with which every run ends. */
const hostProgressSchema = kept({
  requests: count.default(0),
  /** About how many a browser sent on its own besides, outside of the rate limit: scripts, frames, data. */
  browser_requests: count.default(0),
  /** Bytes received. */
  bytes: count.default(0),
  /** Answers 401, 403, 429 and 5xx, by status. */
  refusals: dictionary(z.string().regex(/^[1-5]\d\d$/), count, 500).default({}),
  /** Tries without an answer. */
  failures: count.default(0),
  /** Pages that were left alone because robots.txt says so. */
  off_limits: count.default(0),
  /** Time in which a request stood first in the queue and waited for its turn, ms. */
  waited_ms: count.default(0),
});
export type HostProgress = z.output<typeof hostProgressSchema>;

/**
 * How far a task is. Every figure is absolute and counts from the task's beginning, across leases, so a
 * repeated report changes nothing and a resumed task goes on counting.
 */
export const progressSchema = kept({
  performers_processed: count.default(0),
  performers_total: count.nullable().default(null),
  /** Of the processed: nothing about them had changed. */
  performers_unchanged: count.default(0),
  images: count.default(0),
  /** Images that their source no longer lists: they left the catalog with their faces. Absent where there were none. */
  images_retired: count.optional(),
  faces_added: count.default(0),
  /** Rejected images and faces by reason key. */
  rejections: dictionary(
    z
      .string()
      .regex(/^[a-z][a-z0-9_]*$/)
      .max(64),
    count,
    1_000,
  ).default({}),
  errors: count.default(0),
  requests: count.default(0),
  /** Bytes received. */
  bytes: count.default(0),
  /** Time spent waiting for rate limits and `Retry-After`, ms. */
  waited_ms: count.default(0),
  /** The same by host and port. */
  hosts: dictionary(text(300), hostProgressSchema, 5_000).default({}),
  /** What is going on now, where performers are not the unit: "building the index", 40 of 100. */
  activity: kept({ label: text(200), done: count, total: count.nullable() })
    .nullable()
    .default(null),
});
export type Progress = z.output<typeof progressSchema>;

export function emptyProgress(): Progress {
  return progressSchema.parse({});
}
