import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadPack } from '../models/load-pack.ts';
import { decodeImage } from './decode-image.ts';
import { type FaceDetector, openDetector } from './onnx/open-detector.ts';
import { openModel } from './onnx/open-model.ts';
import type { Detection } from './picture.ts';
import { hasTestdata, needsTestdata, readTestdata, testdataPath } from './testing/testdata.ts';

const face = z.object({ score: z.number(), box: z.array(z.number()), kps: z.array(z.array(z.number())) });
const photo = z.object({ width: z.number(), height: z.number(), faces: z.array(face) });
type Face = z.infer<typeof face>;

const { detector: settings } = loadPack('stash-sense');

/** One network of the pack in either channel order: the reference was made with R,G,B, the sidecar feeds B,G,R. */
function open(channels: 'rgb' | 'bgr'): Promise<FaceDetector> {
  return openDetector({ detector: { ...settings, channels } }, (file) =>
    openModel({ path: testdataPath(`models/${file}`), provider: 'cpu' }),
  );
}

async function detect(detector: FaceDetector, name: string) {
  const picture = await decodeImage(readTestdata(name));
  const { width, height } = picture;
  return { width, height, found: await detector.detect(picture, { x: 0, y: 0, width, height }) };
}

function nearest(found: Detection[], expected: Face): { box: number; landmarks: number; score: number } {
  const distances = found.map((one) => ({
    box: Math.max(...one.box.map((edge, i) => Math.abs(edge - (expected.box[i] ?? 0)))),
    landmarks: Math.max(
      ...one.landmarks.flat().map((value, i) => Math.abs(value - (expected.kps.flat()[i] ?? 0))),
    ),
    score: Math.abs(one.confidence - expected.score),
  }));
  return distances.sort((a, b) => a.box - b.box)[0] ?? { box: 999, landmarks: 999, score: 999 };
}

describe.runIf(hasTestdata)(`SCRFD against the reference results${needsTestdata}`, () => {
  let rgb: FaceDetector;
  let bgr: FaceDetector;
  beforeAll(async () => {
    rgb = await open('rgb');
    bgr = await open('bgr');
  });
  afterAll(async () => {
    await rgb?.close();
    await bgr?.close();
  });

  const photos = hasTestdata
    ? z.record(z.string(), photo).parse(JSON.parse(readFileText('photos/det_500m_reference.json')))
    : {};
  // Some pictures of the reference are not among the files.
  const names = Object.keys(photos).filter((name) => existsSync(testdataPath(name)));

  it('finds the same faces in every photo, at the same place and with the same score', async () => {
    const scores: number[] = [];
    for (const name of names) {
      const { width, height, found } = await detect(rgb, name);
      const expected = photos[name];
      expect([width, height], name).toEqual([expected?.width, expected?.height]);
      for (const one of expected?.faces ?? []) {
        const { box, landmarks, score } = nearest(found, one);
        expect(box, `${name}: box`).toBeLessThan(6);
        expect(landmarks, `${name}: landmarks`).toBeLessThan(4);
        scores.push(score);
      }
      const unexpected = found.length - (expected?.faces.length ?? 0);
      const leastSure = found.slice(found.length - unexpected);
      expect(
        leastSure.every((one) => one.confidence < 0.55),
        `${name}: ${unexpected} more faces`,
      ).toBe(true);
    }
    scores.sort((a, b) => a - b);
    expect(scores[Math.floor(scores.length * 0.95)]).toBeLessThan(0.025);
    expect(scores.at(-1)).toBeLessThan(0.05);
  });

  it('finds three upright faces in every EXIF orientation, in the order of the sidecar too', async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { found } = await detect(bgr, `photos/orientation/group3_exif_${orientation}.jpg`);
      expect(found, `orientation ${orientation}`).toHaveLength(3);
    }
  });

  it('agrees on labelled portraits in both channel orders', async () => {
    const rows = readFileText('lfw/det_500m_reference.jsonl').trim().split('\n');
    for (const row of rows.filter((_, i) => i % 60 === 0)) {
      const expected = face.extend({ path: z.string() }).parse(JSON.parse(row));
      const published = nearest((await detect(rgb, `lfw/${expected.path}`)).found, expected);
      expect(published.box, expected.path).toBeLessThan(4);
      expect(published.landmarks, expected.path).toBeLessThan(3);
      expect(published.score, expected.path).toBeLessThan(0.03);
      const swapped = nearest((await detect(bgr, `lfw/${expected.path}`)).found, expected);
      expect(swapped.landmarks, expected.path).toBeLessThan(7);
    }
  });
});

function readFileText(name: string): string {
  return Buffer.from(readTestdata(name)).toString('utf8');
}
