import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaceEngine, openFaceEngine } from '../../runner/src/faces/engine.ts';
import { defaultQualityPolicy } from '../../runner/src/faces/judge-faces.ts';
import { ensurePack } from '../../runner/src/models/ensure-pack.ts';
import { defaultModelsDir } from '../../runner/src/models/list-packs.ts';
import type { ServedImage } from '../../runner/testing/stash-box/serve-image.ts';
import { demoCacheDir } from './cache-dir.ts';
import { makeWorld } from './make-world.ts';
import { readPeople } from './people.ts';
import { readPhotos } from './photos.ts';
import { planPictures } from './plan-pictures.ts';

/** What becomes of each kind of spoiled picture that can be fetched and decoded. */
const REFUSED = {
  no_face: 'no_face',
  two_faces: 'multi_face',
  too_small: 'image_too_small',
  face_too_small: 'face_too_small',
} as const;

describe('the spoiled pictures of the demo, seen by the starter pack as a high-trust source', () => {
  let engine: FaceEngine;
  let images: Map<string, ServedImage>;

  beforeAll(async () => {
    const modelsDir = defaultModelsDir();
    const pack = await ensurePack('starter', modelsDir);
    images = new Map((await makeWorld(demoCacheDir())).images.map((image) => [image.id, image]));
    engine = await openFaceEngine({ pack, modelsDir, device: 'cpu' });
  });

  afterAll(() => engine.close());

  it.each(Object.entries(REFUSED))('are refused: %s is %s', async (kind, reason) => {
    const seen = await Promise.all(plansOf(kind).map(look));
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen)).toEqual(new Set([reason]));
  });

  it('are refused as not to be decoded when they are half a file', async () => {
    for (const plan of plansOf('broken')) await expect(look(plan)).rejects.toThrow();
  });

  async function look({ id }: { id: string }): Promise<string | null> {
    const content = images.get(id)?.content ?? new Uint8Array();
    const { reason, faces } = await engine.analyse(content, defaultQualityPolicy);
    return reason ?? faces[0]?.rejection ?? null;
  }
});

/** The pictures of one spoiled kind, of everybody. */
function plansOf(kind: string) {
  const { photos } = readPhotos();
  return readPeople().flatMap((person) =>
    planPictures(person, photos)
      .map(({ id }, index) => ({ id, kind: person.spoiled[index] }))
      .filter((plan) => plan.kind === kind),
  );
}
