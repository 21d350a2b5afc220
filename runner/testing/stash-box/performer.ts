import { createHash } from 'node:crypto';

export type BodyModification = { location: string; description: string | null };

/** A link as handed in; the server makes the `Site` around it from `site`, its free-text name. */
export type PerformerUrl = { url: string; site: string };

/** One row of the fake stash-box. `images` are ids of images handed to the same server. */
export type BoxPerformer = {
  id: string;
  name: string;
  disambiguation: string | null;
  aliases: string[];
  gender: string | null;
  urls: PerformerUrl[];
  /** Fuzzy: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  birth_date: string | null;
  death_date: string | null;
  ethnicity: string | null;
  country: string | null;
  eye_color: string | null;
  hair_color: string | null;
  /** Centimetres. */
  height: number | null;
  cup_size: string | null;
  band_size: number | null;
  waist_size: number | null;
  hip_size: number | null;
  breast_type: string | null;
  career_start_year: number | null;
  career_end_year: number | null;
  tattoos: BodyModification[] | null;
  piercings: BodyModification[] | null;
  images: string[];
  deleted: boolean;
  merged_ids: string[];
  merged_into_id: string | null;
  scene_count: number;
  is_favorite: boolean;
  created: Date;
  updated: Date;
};

/** What a caller says about a performer; everything but the name has a plain default. */
export type PerformerInput = Partial<BoxPerformer> & { name: string };

/** A UUID that is the same for the same text, so that test data needs no random ids. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A whole row from the few facts a caller cares about. Without an `id` the name decides it. */
export function boxPerformer(input: PerformerInput, now: Date): BoxPerformer {
  return {
    id: uuidOf(`performer ${input.name} ${input.disambiguation ?? ''}`),
    ...UNKNOWN,
    created: now,
    updated: input.created ?? now,
    ...input,
  };
}

const UNKNOWN = {
  disambiguation: null,
  aliases: [],
  gender: null,
  urls: [],
  birth_date: null,
  death_date: null,
  ethnicity: null,
  country: null,
  eye_color: null,
  hair_color: null,
  height: null,
  cup_size: null,
  band_size: null,
  waist_size: null,
  hip_size: null,
  breast_type: null,
  career_start_year: null,
  career_end_year: null,
  tattoos: null,
  piercings: null,
  images: [],
  deleted: false,
  merged_ids: [],
  merged_into_id: null,
  scene_count: 0,
  is_favorite: false,
} satisfies Partial<BoxPerformer>;
