import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hasTestdata, needsTestdata, readTestdata, testdataPath } from '../../testing/faces/testdata.ts';
import { loadPack } from '../models/load-pack.ts';
import { decodeImage } from './decode-image.ts';
import { type FaceDetector, openDetector } from './onnx/open-detector.ts';
import { openModel } from './onnx/open-model.ts';
import type { Detection, Picture } from './picture.ts';

const face = z.object({ score: z.number(), box: z.array(z.number()), kps: z.array(z.array(z.number())) });
const photo = z.object({ width: z.number(), height: z.number(), faces: z.array(face) });
type Face = z.infer<typeof face>;

const { detector: settings } = loadPack('stash-sense');

/** One network of the pack in either channel order: the reference was made with R,G,B, the sidecar feeds B,G,R. */
function open(channels: 'rgb' | 'bgr', wholeCanvas = false): Promise<FaceDetector> {
  const load = (file: string) => openModel({ path: testdataPath(`models/${file}`), provider: 'cpu' });
  return openDetector({ detector: { ...settings, channels } }, load, wholeCanvas);
}

/** The upper part of a picture, its middle `width` px: the person touches the edges. */
function cut(picture: Picture, width: number, height: number): Picture {
  const left = Math.trunc((picture.width - width) / 2);
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = (y * picture.width + left) * 3;
    pixels.set(picture.pixels.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, pixels };
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

  it('finds faces at the edge of a picture as on the whole canvas, which it does not compute', async () => {
    const reference = await open('bgr', true);
    const portraits = [
      cut(
        await decodeImage(readTestdata('lfw/images/Yevgeny_Kafelnikov/Yevgeny_Kafelnikov_0001.jpg')),
        160,
        232,
      ),
      cut(
        await decodeImage(readTestdata('lfw/images/Sylvester_Stallone/Sylvester_Stallone_0001.jpg')),
        160,
        240,
      ),
      await decodeImage(readTestdata('photos/group/mosaic_80_faces.jpg')),
    ];
    for (const picture of portraits) {
      const window = { x: 0, y: 0, width: picture.width, height: picture.height };
      const expected = await reference.detect(picture, window);
      const found = await bgr.detect(picture, window);
      expect(found).toHaveLength(expected.length);
      // 3 px of the canvas: two percent of a face that fills a quarter of it.
      const tolerance = (3 * Math.max(picture.width, picture.height)) / 640;
      for (const face of expected) {
        const { landmarks, score } = nearest(found, {
          box: face.box,
          kps: face.landmarks,
          score: face.confidence,
        });
        expect(landmarks).toBeLessThan(tolerance);
        expect(score).toBeLessThan(0.02);
      }
    }
    await reference.close();
  });
});

function readFileText(name: string): string {
  return Buffer.from(readTestdata(name)).toString('utf8');
}
