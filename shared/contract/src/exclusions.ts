import { z } from 'zod';
import { count, sha256, text, time } from './primitives.ts';
import { sourceIdSchema } from './sources.ts';
import { versionNumber } from './versions.ts';

/**
 * An exclusion names a person who must not be in any version.
 *
 * 1. An admin adds it. From then on no version that does not enforce it becomes visible.
 * 2. A runner reads all of them at the start of each task and before it builds a version. Excluded people are not fetched, not
 *    committed and not published, and their data is removed from its catalog permanently.
 * 3. Before publishing it reports what it has enforced (`PUT /api/leases/{task}/exclusions`). Publishing without one of them
 *    is refused with `exclusions_changed`: enforce it, build the version again and retry.
 * 4. The exclusion's receipt names the first visible version that enforces it.
 *
 * They are personal data, the names of people who asked to be left alone, so the scope `read` does not show them: only
 * admins and runners do. An exclusion never contains a picture or a vector.
 */
export const exclusionKinds = {
  stash_box_id: 'a performer’s id at a stash-box, ids that were merged into it included',
  url: 'the address of a page about the person',
  name: 'a name or alias together with the year of birth',
  face: 'a face, made locally from a photo that is not kept',
} as const;
export type ExclusionKind = keyof typeof exclusionKinds;

const name = text(200)
  .transform((value) => value.trim().replace(/\s+/g, ' '))
  .pipe(z.string().min(1, 'must not be empty'));

const values = {
  stash_box_id: z.object({
    /** A stash-box; whether there is one of that name is for the control plane to say. */
    endpoint: z
      .string()
      .refine(
        (id) => sourceIdSchema.safeParse(id).success,
        'expected the name of a stash-box, such as stashdb',
      ),
    id: z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'expected the id at the end of the performer’s address'),
  }),
  url: z.object({
    url: z.url({ protocol: /^https?$/, message: 'expected an http or https address' }).max(2_000),
  }),
  name: z.object({ name, birth_year: z.int().min(1850).max(2100) }),
  /** Names the vectors that lie in the runner's catalog, and says nothing about the photo. */
  face: z.object({ fingerprint: sha256 }),
};

/** Why, and who asked: read by people only. */
const note = text(1_000).default('');

export const newExclusionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stash_box_id'), value: values.stash_box_id, note }),
  z.object({ kind: z.literal('url'), value: values.url, note }),
  z.object({ kind: z.literal('name'), value: values.name, note }),
  z.object({ kind: z.literal('face'), value: values.face, note }),
]);
export type NewExclusion = z.input<typeof newExclusionSchema>;

export const exclusionReceiptSchema = z.object({
  /** The first version without the person. Older ones may hold it until they are removed. */
  first_version: versionNumber,
  /** What was removed from the catalog. */
  performers_removed: count,
  faces_removed: count,
  at: time,
});

const kept = {
  id: z.int().positive(),
  note: z.string(),
  actor: z.string(),
  created_at: time,
  /** When it was taken back: the person may come back with the next full walk through the sources. */
  removed_at: time.nullable(),
  removed_by: z.string().nullable(),
  /** Null until a version without the person is visible. */
  receipt: exclusionReceiptSchema.nullable(),
};

export const exclusionSchema = z.discriminatedUnion('kind', [
  z.object({ ...kept, kind: z.literal('stash_box_id'), value: values.stash_box_id }),
  z.object({ ...kept, kind: z.literal('url'), value: values.url }),
  z.object({ ...kept, kind: z.literal('name'), value: values.name }),
  z.object({ ...kept, kind: z.literal('face'), value: values.face }),
]);
export type Exclusion = z.output<typeof exclusionSchema>;

/** What a runner says before it publishes: every exclusion that the version keeps to, with what is gone for it so far. */
export const enforcedExclusionsSchema = z.object({
  fence: z.int().positive(),
  enforced: z
    .array(z.object({ id: z.int().positive(), performers_removed: count, faces_removed: count }))
    .max(10_000),
});
export type EnforcedExclusions = z.infer<typeof enforcedExclusionsSchema>;
