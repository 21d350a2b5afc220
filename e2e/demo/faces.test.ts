import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaceEngine, openFaceEngine } from '../../runner/src/faces/engine.ts';
import { defaultQualityPolicy } from '../../runner/src/faces/judge-faces.ts';
import { defaultModelsDir } from '../../runner/src/models/default-models-dir.ts';
import { ensurePack } from '../../runner/src/models/ensure-pack.ts';
import type { ServedImage } from '../../runner/testing/stash-box/serve-image.ts';
import { demoCacheDir } from './cache-dir.ts';
import { makeWorld } from './make-world.ts';
import { readPeople } from './people.ts';
import { readPhotos } from './photos.ts';
import { planPictures } from './plan-pictures.ts';

type Seen = { key: string; reason: string | null; embedding: Float32Array | undefined };

/** What becomes of each kind of spoiled picture that can be fetched and decoded. */
const REFUSED = {
  no_face: 'no_face',
  two_faces: 'multi_face',
  too_small: 'image_too_small',
  face_too_small: 'face_too_small',
} as const;

describe('the pictures of the demo, seen by the starter pack as a high-trust source', () => {
  let engine: FaceEngine;
  let images: Map<string, ServedImage>;

  beforeAll(async () => {
    const modelsDir = defaultModelsDir();
    const pack = await ensurePack('starter', modelsDir);
    images = new Map((await makeWorld(demoCacheDir())).images.map((image) => [image.id, image]));
    engine = await openFaceEngine({ pack, modelsDir, device: 'cpu' });
  }, 120_000);

  afterAll(() => engine.close());

  it('give 120 faces, six of everybody, each nearest to one of the same person', async () => {
    const seen = await Promise.all(plansOf('usable').map(look));
    expect(seen.filter(({ reason }) => reason !== null)).toEqual([]);
    expect(seen).toHaveLength(120);
    expect(seen.filter((one) => nearest(one, seen) !== one.key)).toEqual([]);
  }, 60_000);

  it.each(Object.entries(REFUSED))('refuse a spoiled one: %s is %s', async (kind, reason) => {
    const seen = await Promise.all(plansOf(kind).map(look));
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen.map((one) => one.reason))).toEqual(new Set([reason]));
  });

  it('refuse half a file as one that cannot be decoded', async () => {
    for (const plan of plansOf('broken')) await expect(look(plan)).rejects.toThrow();
  });

  async function look({ key, id }: { key: string; id: string }): Promise<Seen> {
    const content = images.get(id)?.content ?? new Uint8Array();
    const { reason, faces } = await engine.analyse(content, defaultQualityPolicy);
    const [face] = faces;
    return {
      key,
      reason: reason ?? face?.rejection ?? null,
      embedding: Object.values(face?.embeddings ?? {})[0],
    };
  }
});

/** The pictures of one spoiled kind, or the `usable` ones, of everybody. */
function plansOf(kind: string) {
  const { photos } = readPhotos();
  return readPeople().flatMap((person) =>
    planPictures(person, photos)
      .map(({ id }, index) => ({ key: person.key, id, kind: person.spoiled[index] ?? 'usable' }))
      .filter((plan) => plan.kind === kind),
  );
}

function nearest(one: Seen, all: readonly Seen[]): string | undefined {
  const others = all.filter((other) => other !== one);
  return others.sort((a, b) => similarity(b, one) - similarity(a, one))[0]?.key;
}

function similarity(a: Seen, b: Seen): number {
  return a.embedding?.reduce((sum, value, index) => sum + value * (b.embedding?.[index] ?? 0), 0) ?? -1;
}
