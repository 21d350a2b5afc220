import { z } from 'zod';
import type { ListedImage, ListedPerformer } from '../base/source.ts';

const modification = z.object({ location: z.string(), description: z.string().nullish() });
const modifications = z.array(modification).nullish();
const text = z.string().nullish();
const number = z.int().nullish();

/** Enums are plain text here: a box that learns a new value must not become unreadable. */
const performerRow = z.object({
  id: z.string().min(1),
  name: z.string(),
  disambiguation: text,
  aliases: z.array(z.string()).nullish(),
  gender: text,
  country: text,
  ethnicity: text,
  birth_date: text,
  birthdate: z.object({ date: z.string(), accuracy: z.string() }).nullish(),
  death_date: text,
  height: number,
  eye_color: text,
  hair_color: text,
  career_start_year: number,
  career_end_year: number,
  tattoos: modifications,
  piercings: modifications,
  urls: z.array(z.object({ url: z.string() })).nullish(),
  images: z
    .array(z.object({ id: z.string(), url: z.string(), width: z.int().nullish(), height: z.int().nullish() }))
    .nullish(),
  merged_ids: z.array(z.string()).nullish(),
  updated: text,
});
type PerformerRow = z.infer<typeof performerRow>;

export type ReadRow = { performer: ListedPerformer } | { what: string; reason: string };

/** One row of a page, or why it cannot be read. */
export function readPerformer(endpoint: string, value: unknown): ReadRow {
  const parsed = performerRow.safeParse(value);
  if (!parsed.success) return { what: whatIsIt(value), reason: z.prettifyError(parsed.error) };
  const row = parsed.data;
  const images = (row.images ?? []).flatMap(readImage);
  // A box that gives no list says nothing about its images, which is not the same as an empty one.
  const isWhole = Array.isArray(row.images);
  return { performer: { record: readRecord(endpoint, row, images), images, isWhole } };
}

function readRecord(endpoint: string, row: PerformerRow, images: ListedImage[]): ListedPerformer['record'] {
  return {
    endpoint,
    remoteId: row.id,
    name: row.name,
    disambiguation: row.disambiguation ?? null,
    gender: row.gender ?? null,
    country: row.country ?? null,
    ethnicity: row.ethnicity ?? null,
    birthDate: row.birth_date ?? fuzzyDate(row.birthdate),
    deathDate: row.death_date ?? null,
    heightCm: row.height ?? null,
    eyeColor: row.eye_color ?? null,
    hairColor: row.hair_color ?? null,
    careerStartYear: row.career_start_year ?? null,
    careerEndYear: row.career_end_year ?? null,
    sceneCount: null,
    imageUrl: images[0]?.url ?? null,
    updated: row.updated ?? null,
    aliases: row.aliases ?? [],
    urls: (row.urls ?? []).map(({ url }) => url),
    mergedIds: row.merged_ids ?? [],
    tattoos: readModifications(row.tattoos),
    piercings: readModifications(row.piercings),
  };
}

/** An image id never changes its content. Width -1 marks an SVG, which is a drawing. */
function readImage({ id, url, width, height }: NonNullable<PerformerRow['images']>[number]): ListedImage[] {
  if (width === -1) return [];
  return [{ url, widthPx: size(width), heightPx: size(height), revision: id }];
}

function size(px: number | null | undefined): number | null {
  return px && px > 0 ? px : null;
}

function readModifications(list: PerformerRow['tattoos']) {
  return (list ?? []).map(({ location, description }) => ({ location, description: description ?? null }));
}

/** The deprecated form: a whole date, and how much of it is meant. */
function fuzzyDate(fuzzy: PerformerRow['birthdate']): string | null {
  if (!fuzzy) return null;
  const digits = { YEAR: 4, MONTH: 7 }[fuzzy.accuracy] ?? 10;
  return fuzzy.date.slice(0, digits);
}

function whatIsIt(value: unknown): string {
  const known = z.looseObject({ id: z.string() }).safeParse(value);
  return known.success ? `performer ${known.data.id.slice(0, 64)}` : 'a performer without an id';
}
