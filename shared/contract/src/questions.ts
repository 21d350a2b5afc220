import { z } from 'zod';
import { limits } from './limits.ts';
import { count, scraped, text, time, webAddress } from './primitives.ts';

/**
 * A question asks why a performer is in the catalog or why not. Only the runner can answer it, and the runner accepts no connections, so the control plane passes it on with the next answer of `POST /api/leases` and keeps the runner's answer for
 * minutes, because it is personal data. A caller with the id can read the answer.
 *
 *     waiting ─▶ answered            (waiting ─▶ expired when no runner answers in time; all are forgotten soon after)
 */
export const askSchema = z.object({
  /** An id (`stashdb.org:018f…`, or the id alone) or a name. */
  about: text(200)
    .transform((value) => value.trim())
    .pipe(z.string().min(1, 'say whom: an id or a name')),
});

/** What a runner is handed beside a lease. */
export const openQuestionSchema = z.object({
  id: z.string(),
  about: z.string(),
  /** Whether the caller may see exclusions; if not, the answer does not mention them. */
  may_see_exclusions: z.boolean().optional(),
});
export type OpenQuestion = z.infer<typeof openQuestionSchema>;

/** Why a record counts as this performer's. */
const explainedLinkSchema = z.object({
  /** The record: `stashdb.org:018f…`, or the address of a page. */
  to: scraped(500),
  source: scraped(100),
  url: webAddress.nullable(),
  /** In words: "one gives the address of the other at its stash-box". */
  rule: scraped(300),
  at: time.nullable(),
});

const explainedFaceSchema = z.object({
  source: scraped(100),
  page_url: webAddress.nullable(),
  image_url: webAddress.nullable(),
  at: time.nullable(),
  rule: scraped(300),
  /** Cosine distance to the performer's other faces when it was taken; null where none was needed. */
  distance: z.number().nullable(),
});

const explainedPerformerSchema = z.object({
  name: scraped(200),
  ids: z.array(scraped(200)).max(50),
  links: z.array(explainedLinkSchema).max(200),
  faces: z.array(explainedFaceSchema).max(500),
});
export type ExplainedPerformer = z.output<typeof explainedPerformerSchema>;

/** A failed attempt: a source, an image or a face. */
const attemptSchema = z.object({
  source: scraped(100),
  what: scraped(300),
  why_not: scraped(500),
  url: webAddress.nullable(),
  at: time.nullable(),
});

export const explanationSchema = z
  .object({
    performers: z.array(explainedPerformerSchema).max(5),
    /** How many performers fit the question; more than are shown when a name is a common one. */
    performers_total: count,
    /** What was tried without success, for an absent performer or one with few faces. */
    attempts: z.array(attemptSchema).max(200),
    /** A summary in one sentence. */
    summary: scraped(500),
  })
  .refine((value) => JSON.stringify(value).length <= limits.answerMaxLength, 'is too long: leave some out');
export type Explanation = z.output<typeof explanationSchema>;
/** One failed attempt for an absent performer, with its reason. */
export type Attempt = Explanation['attempts'][number];

const asked = { id: z.string(), about: z.string(), asked_at: time, expires_at: time };
export const questionSchema = z.discriminatedUnion('status', [
  z.object({ ...asked, status: z.literal('waiting') }),
  z.object({ ...asked, status: z.literal('expired') }),
  z.object({
    ...asked,
    status: z.literal('answered'),
    answered_at: time,
    /** When the control plane deletes it. */
    forgotten_at: time,
    answer: explanationSchema,
  }),
]);
export type Question = z.output<typeof questionSchema>;
