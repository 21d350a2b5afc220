/** Formats of published releases, by the sidecar that reads them. */
export type ReleaseFormat = 'stash-sense' | 'stash-sense2';

/** What a release's manifest says, as far as an import needs it. */
export interface ReleaseManifest {
  version: string;
  /** ISO 8601. Changes at the stash-boxes since then are not in the release. */
  createdAt: string;
  /** sha256 of the manifest, 64 hex digits: tells one release from another. */
  digest: string;
  /** Id of the model pack, in releases that name one. */
  pack: string | null;
  /** Fingerprint of the model pack, in releases of this program. */
  packFingerprint: string | null;
  /** The detector, alignment, dimensions and flip averaging, in releases that list them. */
  models: Readonly<Record<string, unknown>>;
  /** Domains of the endpoints that an owner defined, by short name. */
  domains: Readonly<Record<string, string>>;
}

/** A performer with everything that the release has of it. */
export interface ReleasePerformer {
  id: number;
  name: string;
  disambiguation: string | null;
  gender: string | null;
  country: string | null;
  ethnicity: string | null;
  birthDate: string | null;
  deathDate: string | null;
  heightCm: number | null;
  eyeColor: string | null;
  hairColor: string | null;
  careerStartYear: number | null;
  careerEndYear: number | null;
  sceneCount: number | null;
  stashdbUpdatedAt: string | null;
  imageUrl: string | null;
  stashBoxIds: { endpoint: string; id: string }[];
  /** `endpoint` is null where the release does not say who brought it. */
  aliases: { alias: string; endpoint: string | null }[];
  urls: { url: string; endpoint: string | null }[];
  mergedIds: { id: string; endpoint: string }[];
  tattoos: ReleaseModification[];
  piercings: ReleaseModification[];
  /** By ascending label. */
  faces: ReleaseFace[];
}

export interface ReleaseModification {
  location: string;
  description: string | null;
  endpoint: string | null;
}

export interface ReleaseFace {
  /** Position in the indexes. */
  label: number;
  imageUrl: string | null;
  imageSha256: string | null;
  /** Short name of a stash-box or of a reference site. */
  source: string;
  /** 0..1 */
  quality: number | null;
  /** Degrees. */
  yaw: number | null;
}

/** A release, opened for import. Close it to remove what was unpacked. */
export interface Release {
  format: ReleaseFormat;
  manifest: ReleaseManifest;
  /** Performers in the release. */
  count: number;
  /** Labels ever given: later faces continue behind them. */
  labels: number;
  /** Performers with a larger id than `after`, by ascending id, in pages. */
  performers(after: number): Generator<ReleasePerformer[]>;
  /** Rows of the database that could not be read so far. */
  unreadable(): number;
  /** Unit vectors `[512]` of a label, one per index in the format's order; null when one has none, or none that is a direction. */
  vectors(label: number): Float32Array[] | null;
  close(): Promise<void>;
}
