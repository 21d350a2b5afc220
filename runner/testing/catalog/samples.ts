import type { CatalogDeps } from '../../src/catalog/catalog.ts';
import type { FaceOutcome, ImageOutcome } from '../../src/catalog/image-outcome.ts';
import type { PerformerRecord } from '../../src/catalog/performer-record.ts';

export const PACK = 'test-pack';
export const NOON = new Date('2026-03-01T12:00:00Z');

export const testDeps: CatalogDeps = {
  now: () => NOON,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  newId: () => '11111111-1111-4111-8111-111111111111',
  random: () => 0.5,
  say: () => {},
};

/** A stash-box-like uuid made of one number. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export function sampleRecord(changes: Partial<PerformerRecord> = {}): PerformerRecord {
  return {
    endpoint: 'stashdb',
    remoteId: uuid(1),
    name: 'Ada Example',
    disambiguation: null,
    gender: 'FEMALE',
    country: 'US',
    ethnicity: null,
    birthDate: '1990-02',
    deathDate: null,
    heightCm: 170,
    eyeColor: 'GREEN',
    hairColor: 'BROWN',
    careerStartYear: 2010,
    careerEndYear: null,
    sceneCount: 12,
    imageUrl: 'https://stashdb.example/images/1',
    updated: '2026-02-01T00:00:00Z',
    aliases: ['Ada E.', 'Adá'],
    urls: ['https://www.iafd.com/person.rme/perfid=ada', 'https://linktr.ee/ada'],
    mergedIds: [],
    tattoos: [{ location: 'left arm', description: 'a rose' }],
    piercings: [{ location: 'navel', description: null }],
    ...changes,
  };
}

export function sampleFace(vector: Float32Array, changes: Partial<FaceOutcome> = {}): FaceOutcome {
  return {
    box: { x: 10, y: 20, width: 120, height: 150 },
    landmarks: [30, 60, 90, 60, 60, 90, 40, 120, 80, 120],
    yaw: 3.5,
    quality: 0.9,
    confidence: 0.92,
    accepted: true,
    reason: 'high_trust',
    distance: null,
    embeddings: [{ model: 'facenet', vector }],
    ...changes,
  };
}

export function sampleImage(
  url: string,
  faces: FaceOutcome[],
  changes: Partial<ImageOutcome> = {},
): ImageOutcome {
  return {
    source: 'stashdb',
    url,
    pack: PACK,
    etag: '"e1"',
    lastModified: null,
    sha256: 'ab'.repeat(32),
    widthPx: 600,
    heightPx: 900,
    outcome: faces.some((face) => face.accepted) ? 'accepted' : 'rejected',
    reason: faces.some((face) => face.accepted) ? null : 'no_face',
    faces,
    ...changes,
  };
}

/** A unit vector `[512]` around the cluster's centre; equal arguments give equal vectors. */
export function clusterVector(cluster: number, member: number, spread = 0.35): Float32Array {
  const centre = gaussian(cluster * 7919 + 1);
  const noise = gaussian(cluster * 104_729 + member * 31 + 500_009);
  return unit(centre.map((value, index) => value + spread * (noise[index] ?? 0)));
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function gaussian(seed: number): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length: 512 }, () => {
    return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  });
}

/** Public-domain generator by Tommy Ettinger. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
