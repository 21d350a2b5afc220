/** What one endpoint says about one performer: the fields that a version can carry, and no more. */
export interface PerformerRecord {
  /** Short name of the stash-box (`stashdb`, …) or `folder`. */
  endpoint: string;
  /** The endpoint's id: a uuid for a stash-box, the slug of the folder's name for `folder`. */
  remoteId: string;
  name: string;
  disambiguation: string | null;
  gender: string | null;
  /** ISO 3166-1 alpha-2 by convention; free text occurs. */
  country: string | null;
  ethnicity: string | null;
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  birthDate: string | null;
  deathDate: string | null;
  heightCm: number | null;
  eyeColor: string | null;
  hairColor: string | null;
  careerStartYear: number | null;
  careerEndYear: number | null;
  sceneCount: number | null;
  /** The picture that stands for the performer in lists. */
  imageUrl: string | null;
  /** The endpoint's own time of last change, as it wrote it. */
  updated: string | null;
  aliases: string[];
  /** Raw; the catalog adds the normalised key where the site is known. */
  urls: string[];
  /** Ids of the same endpoint that were merged into this one. */
  mergedIds: string[];
  tattoos: BodyModification[];
  piercings: BodyModification[];
  /** The version of the release that it was imported from; absent for what its endpoint gave. */
  importedFrom?: string;
}

export interface BodyModification {
  location: string;
  description: string | null;
}

/** A record as the catalog holds it, without its lists. */
export interface KnownRecord {
  performerId: number;
  endpoint: string;
  remoteId: string;
  updated: string | null;
  deleted: boolean;
  mergedInto: string | null;
}
