import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Call } from '@trainer/contract/client';
import type { VersionView } from '@trainer/contract/versions';
import { readVector } from '../runner/src/versions/find-nearest.ts';
import { openVersion, type VersionReader } from '../runner/src/versions/read-version.ts';

/** Everybody in a version by universal id, with the vector of every face by the path of its picture. */
export type VersionContent = Map<string, { name: string; faces: Map<string, Float32Array> }>;

/**
 * Downloads a published version's zip over HTTP into `dir`.
 *
 * @throws Error when the bytes do not have the hash that the control plane states
 */
export async function downloadVersion(call: Call, view: VersionView, dir: string): Promise<string> {
  const { version, filename } = view;
  const stated = view.artifacts.find(({ name }) => name === filename)?.sha256;
  const response = await call('GET /api/versions/{version}/artifacts/{name}', {
    params: { version, name: filename },
  });
  const path = join(dir, filename);
  const hash = createHash('sha256');
  const body = Readable.from(response.body ?? []);
  body.on('data', (piece: Uint8Array) => hash.update(piece));
  await pipeline(body, createWriteStream(path));
  if (hash.digest('hex') === stated) return path;
  throw new Error(`${filename} came over HTTP with another hash than ${stated}`);
}

/** @throws Error when a face has no vector, or a picture gave two faces */
export async function contentOf(version: VersionReader): Promise<VersionContent> {
  const content: VersionContent = new Map();
  const performers = new Set(Array.from(version.stashBoxIds(), ({ performer_id }) => performer_id));
  for (const performer of performers) {
    const found = version.performerWithFaces(performer);
    const id = found?.performer.universal_id;
    if (!found || !id) throw new Error(`Performer ${performer} has no universal id`);
    if (content.has(id)) throw new Error(`${id} is there twice`);
    content.set(id, { name: found.performer.canonical_name, faces: await facesOf(version, found.faces) });
  }
  return content;
}

async function facesOf(
  version: VersionReader,
  faces: readonly { label: number; image_url: string | null }[],
) {
  const vectors = new Map<string, Float32Array>();
  for (const { label, image_url } of faces) {
    const vector = await readVector(join(version.dir, 'face_facenet.voy'), label);
    const picture = new URL(image_url ?? '').pathname;
    if (!vector) throw new Error(`The face with label ${label} has no vector`);
    if (vectors.has(picture)) throw new Error(`${picture} gave two faces`);
    vectors.set(picture, vector);
  }
  return vectors;
}

/** How two contents differ, in words; nothing when they hold the same people with the same faces. */
export function differences(found: VersionContent, expected: VersionContent): string[] {
  const ids = new Set([...found.keys(), ...expected.keys()]);
  return [...ids].flatMap((id) => {
    const [one, other] = [found.get(id), expected.get(id)];
    if (!one || !other) return [`${id} is only in the ${one ? 'first' : 'second'}`];
    if (one.name !== other.name) return [`${id} is called ${one.name} and ${other.name}`];
    return faceDifferences(id, one.faces, other.faces);
  });
}

/** Batches of other sizes round differently: the same face keeps its direction to this cosine. */
const SAME_FACE = 0.9999;

function faceDifferences(id: string, found: Map<string, Float32Array>, expected: Map<string, Float32Array>) {
  const pictures = new Set([...found.keys(), ...expected.keys()]);
  return [...pictures].flatMap((picture) => {
    const [one, other] = [found.get(picture), expected.get(picture)];
    if (!one || !other) return [`${id}: ${picture} is only in the ${one ? 'first' : 'second'}`];
    const similarity = cosine(one, other);
    return similarity >= SAME_FACE
      ? []
      : [`${id}: the faces of ${picture} have a similarity of ${similarity}`];
  });
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}

/** Opens a version, hands it over and closes it. */
export async function withVersion<T>(path: string, use: (version: VersionReader) => Promise<T>): Promise<T> {
  const version = await openVersion(path);
  try {
    return await use(version);
  } finally {
    await version.close();
  }
}
