import type { FaceOutcome, ImageOutcome } from '../catalog/image-outcome.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import { isCreator, priorityOf, type SourceDefinitions } from '../catalog/source-definitions.ts';
import { dropPrivateNames } from '../eligibility/eligibility.ts';
import type { ReleaseFace, ReleaseModification, ReleasePerformer } from './release.ts';

/** Why a face or its performer is not imported. */
export type DropReason =
  | 'no_stash_box_id'
  | 'unknown_stash_box'
  | 'removed_by_stash_box'
  | 'excluded'
  | 'under_age'
  | 'under_age_at_start'
  | 'no_vector';

/**
 * The records of a performer, one per stash-box id, the most authoritative first. A release holds one row of fields for all of
 * them: the first record gets it, and names, aliases and urls go to the endpoint that brought them.
 */
export function recordsOf(
  performer: ReleasePerformer,
  sources: SourceDefinitions,
  version: string,
): PerformerRecord[] {
  const ids = performer.stashBoxIds
    .filter(({ endpoint }) => isCreator(sources, endpoint))
    .toSorted((one, other) => priorityOf(sources, one.endpoint) - priorityOf(sources, other.endpoint));
  const endpoints = new Set(ids.map(({ endpoint }) => endpoint));
  const firstOf = new Map(ids.toReversed().map((each) => [each.endpoint, each]));
  return ids.map((own, position) => {
    const isFirst = position === 0;
    // What an endpoint brought goes to its first id, and what nobody here brought goes to the performer's first one.
    const isMine = ({ endpoint }: { endpoint: string | null }) =>
      endpoint !== null && endpoints.has(endpoint) ? firstOf.get(endpoint) === own : isFirst;
    const bare = ({ location, description }: ReleaseModification) => ({ location, description });
    return {
      ...(isFirst ? fieldsOf(performer) : noFields),
      endpoint: own.endpoint,
      remoteId: own.id,
      name: performer.name,
      updated: own.endpoint === 'stashdb' ? performer.stashdbUpdatedAt : null,
      aliases: dropPrivateNames(performer.aliases.filter(isMine).map(({ alias }) => alias)),
      urls: performer.urls.filter(isMine).map(({ url }) => url),
      mergedIds: performer.mergedIds.filter(isMine).map(({ id }) => id),
      tattoos: performer.tattoos.filter(isMine).map(bare),
      piercings: performer.piercings.filter(isMine).map(bare),
      importedFrom: version,
    };
  });
}

type Fields = Omit<
  PerformerRecord,
  | 'endpoint'
  | 'remoteId'
  | 'name'
  | 'updated'
  | 'aliases'
  | 'urls'
  | 'mergedIds'
  | 'tattoos'
  | 'piercings'
  | 'importedFrom'
>;

const noFields: Fields = {
  disambiguation: null,
  gender: null,
  country: null,
  ethnicity: null,
  birthDate: null,
  deathDate: null,
  heightCm: null,
  eyeColor: null,
  hairColor: null,
  careerStartYear: null,
  careerEndYear: null,
  sceneCount: null,
  imageUrl: null,
};

function fieldsOf(performer: ReleasePerformer): Fields {
  const {
    disambiguation,
    gender,
    country,
    ethnicity,
    birthDate,
    deathDate,
    heightCm,
    eyeColor,
    hairColor,
    careerStartYear,
    careerEndYear,
    sceneCount,
    imageUrl,
  } = performer;
  return {
    disambiguation,
    gender,
    country,
    ethnicity,
    birthDate,
    deathDate,
    heightCm,
    eyeColor,
    hairColor,
    careerStartYear,
    careerEndYear,
    sceneCount,
    imageUrl,
  };
}

/** A face with its vectors `[512]`, one per embedder. */
export interface VectoredFace extends ReleaseFace {
  vectors: { model: string; vector: Float32Array }[];
}

/**
 * The images of a performer. A release says nothing of where in a picture a face was found, so boxes and landmarks are empty.
 *
 * @param records those of the performer, the first one standing in for images of a reference site
 */
export function imagesOf(
  faces: readonly VectoredFace[],
  records: readonly PerformerRecord[],
  { pack, version }: { pack: string; version: string },
): ImageOutcome[] {
  const byImage = Map.groupBy(faces, (face) => `${face.source} ${addressOf(face, version)}`);
  return [...byImage.values()].flatMap((group) => {
    const [first] = group;
    const record = records.find(({ endpoint }) => endpoint === first?.source) ?? records[0];
    if (!first) return [];
    return {
      source: first.source,
      url: addressOf(first, version),
      pack,
      etag: null,
      lastModified: null,
      sha256: first.imageSha256,
      widthPx: null,
      heightPx: null,
      outcome: 'accepted',
      reason: null,
      faces: group.map(faceOf),
      rule: importRule(version),
      recordRef: record ? { endpoint: record.endpoint, remoteId: record.remoteId } : null,
    };
  });
}

/** What the catalog gives as the rule by which an image is the performer's. */
function importRule(version: string): string {
  return `imported from version ${version}`;
}

function addressOf({ imageUrl, label }: ReleaseFace, version: string): string {
  return imageUrl ?? `imported:${version}/${label}`;
}

function faceOf({ label, quality, yaw, vectors }: VectoredFace): FaceOutcome {
  return {
    box: { x: 0, y: 0, width: 0, height: 0 },
    landmarks: [],
    yaw,
    quality: quality ?? 0,
    confidence: 0,
    accepted: true,
    reason: 'imported',
    distance: null,
    embeddings: vectors,
    label,
  };
}
