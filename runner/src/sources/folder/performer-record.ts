import type { PerformerRecord } from '../../catalog/performer-record.ts';
import { parsePerformerFile } from './performer-file.ts';

/**
 * What the folder's name and its `performer.yaml` say.
 *
 * @param file the name of that file, for messages
 * @throws Error when the file is wrong
 */
export function readPerformerRecord(
  content: string,
  folder: string,
  file = 'performer.yaml',
): Omit<PerformerRecord, 'remoteId' | 'updated'> {
  const about = parsePerformerFile(content, file);
  return {
    endpoint: 'folder',
    name: about.name ?? folder.replaceAll(/[\p{Cc}_]/gu, ' ').trim(),
    disambiguation: about.disambiguation,
    gender: about.gender,
    country: about.country,
    ethnicity: about.ethnicity,
    birthDate: about.birth_date,
    deathDate: about.death_date,
    heightCm: about.height_cm,
    eyeColor: about.eye_color,
    hairColor: about.hair_color,
    careerStartYear: about.career_start_year,
    careerEndYear: about.career_end_year,
    sceneCount: null,
    imageUrl: null,
    aliases: about.aliases,
    urls: about.urls,
    mergedIds: [],
    tattoos: about.tattoos,
    piercings: about.piercings,
  };
}

/** The id of a folder's performer: its name in lower case, with `-` for everything but letters and digits. */
export function folderSlug(folder: string): string {
  return folder
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}
