import { z } from 'zod';
import { scraped, time, webAddress } from './primitives.ts';
import { describeMistakes } from './problems.ts';
import { openName } from './tolerance.ts';

/**
 * A review is a case in the catalog that the runner cannot decide, so a person has to.
 *
 * 1. After its work on a task the runner reports what is open (`PUT /api/leases/{task}/reviews`), in batches. `key` names the
 *    same question in every run, so a report updates what is there.
 * 2. With the publish task it reports all of them, the last batch with `is_complete`: reviews that the run no longer found are
 *    closed.
 * 3. An admin decides, and may undo the decision. Decided reviews are never closed: together they are the decisions in force,
 *    which the runner reads at the start of a run and applies to its catalog. A decision that is missing there was undone.
 * 4. The runner reports which decisions it has applied (`applied`); they then name the run. Those about performers that its
 *    catalog no longer contains (`forgotten`) are deleted.
 *
 * Reviews hold names and addresses, never an image or a vector. A closed one is deleted after `closedReviewsKeptMs`.
 */
export const reviewKinds = {
  duplicate: { gloss: 'two performers that may be one', decisions: ['same', 'different'] },
  doubtful_face: { gloss: 'a face that may not be its performer’s', decisions: ['same', 'drop'] },
  conflict: {
    gloss: 'two performers with evidence that contradicts itself',
    decisions: ['same', 'different'],
  },
} as const satisfies Record<string, { gloss: string; decisions: readonly Decision[] }>;
export type ReviewKind = keyof typeof reviewKinds;

export const decisions = {
  same: 'they are the same person',
  different: 'they are different people',
  drop: 'what is in doubt is not used',
} as const;
export type Decision = keyof typeof decisions;

export const reviewStatuses = {
  open: 'waits for a decision',
  decided: 'was decided; applied in the next run',
  closed: 'no longer holds, and was not decided',
} as const;
export type ReviewStatus = keyof typeof reviewStatuses;

const kind = openName<ReviewKind>(['duplicate', 'doubtful_face', 'conflict']);
const decision = openName<Decision>(['same', 'different', 'drop']);
const status = openName<ReviewStatus>(['open', 'decided', 'closed']);
/** What a person may say. */
const enteredDecision = z.enum(['same', 'different', 'drop'] satisfies Decision[]);

/** A performer as a person who decides wants to see it. */
const concernedSchema = z.object({
  name: scraped(200),
  /** Universal ids: `stashdb.org:018f…`. */
  ids: z.array(scraped(200)).max(20),
  pages: z.array(webAddress).max(40),
});

const evidenceSchema = z.object({
  label: scraped(100),
  value: scraped(1_000),
  url: webAddress.nullable().default(null),
});

/** What the runner found. */
const foundSchema = z.object({
  /** Names the same question in every run; unique within a catalog. */
  key: z.string().min(1).max(300),
  kind,
  /** One line. */
  summary: scraped(300),
  performers: z.array(concernedSchema).max(10),
  evidence: z.array(evidenceSchema).max(50),
  /** Cosine distance of the two faces or performers; null where no faces were compared. */
  distance: z.number().min(0).max(2).nullable(),
  found_at: time,
});
export type FoundReview = z.input<typeof foundSchema>;

export const reviewReportSchema = z.object({
  fence: z.int().positive(),
  reviews: z.array(foundSchema).max(200),
  /** Decisions that the catalog was brought to; a decision that was changed meanwhile stays to be applied. */
  applied: z
    .array(z.object({ id: z.int().positive(), decision }))
    .max(200)
    .default([]),
  /** Ids of decided reviews whose subject the catalog does not know any more. */
  forgotten: z.array(z.int().positive()).max(200).default([]),
  /** With the last batch of the publish task: what this task has not reported no longer holds. */
  is_complete: z.boolean().default(false),
});
export type ReviewReport = z.input<typeof reviewReportSchema>;

/** A reported review that cannot be taken: its key, as far as it has one, and why. */
export interface RefusedReview {
  key: string;
  refused: string;
}

/** One review of a batch: a row with a wrong figure costs itself, and not the 199 others. */
const receivedSchema = foundSchema.or(z.unknown().transform(refuse));

/** A report as the control plane takes it. */
export const receivedReportSchema = reviewReportSchema.extend({ reviews: z.array(receivedSchema).max(200) });

function refuse(row: unknown): RefusedReview {
  const { data } = z.object({ key: foundSchema.shape.key }).safeParse(row);
  const { error } = foundSchema.safeParse(row);
  return { key: data?.key ?? '', refused: error ? describeMistakes(error) : '' };
}

export const reviewSchema = foundSchema.extend({
  id: z.int().positive(),
  status,
  /** What can be decided here. */
  choices: z.array(decision),
  catalog_id: z.string(),
  /** The run that found it last. */
  run_id: z.int(),
  closed_at: time.nullable(),
  decision: z
    .object({
      decision,
      actor: z.string(),
      at: time,
      /** The run in which the catalog was brought to it; null until then. */
      applied_run_id: z.int().nullable(),
    })
    .nullable(),
});
export type Review = z.output<typeof reviewSchema>;

export const reviewQuerySchema = z.object({
  status: z.enum(['open', 'decided', 'closed'] satisfies ReviewStatus[]).default('open'),
  kind: z.enum(['duplicate', 'doubtful_face', 'conflict'] satisfies ReviewKind[]).optional(),
  /** Runners ask for those of their own catalog. */
  catalog: z.string().max(128).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** Goes on below this id. */
  before: z.coerce.number().int().positive().optional(),
});

export const decideSchema = z.object({ decision: enteredDecision });
