import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { decodeImage } from '../../src/faces/decode-image.ts';
import { openDetector } from '../../src/faces/onnx/open-detector.ts';
import { openModel } from '../../src/faces/onnx/open-model.ts';
import { loadPack } from '../../src/models/load-pack.ts';

const referenceRow = z.object({
  path: z.string(),
  score: z.number(),
  box: z.array(z.number()),
  kps: z.array(z.array(z.number())),
});

/** "A few pixels, about 0.02 in score": what the reference says of itself. */
const tolerance = { px: 4, score: 0.03 };
/** Every third photo of 945 takes a third of the time and says the same. */
const every = 3;

export interface Agreement {
  faces: number;
  /** Of them within the tolerance in box, landmarks and score. */
  share: number;
  medianBoxPx: number;
  medianLandmarkPx: number;
  medianScore: number;
}

/**
 * SCRFD-500M on labelled photos against `det_500m_reference.jsonl`. The reference was made with R,G,B planes and a score
 * threshold of 0.4, so it is compared with that, not with the order of the sidecar.
 */
export async function measureAgreement(testdata: string): Promise<Agreement> {
  const settings = { ...loadPack('stash-sense').detector, channels: 'rgb' as const, scoreThreshold: 0.4 };
  const detector = await openDetector({ detector: settings }, (file) =>
    openModel({ path: join(testdata, 'models', file), provider: 'cpu' }),
  );
  const rows = readFileSync(join(testdata, 'lfw', 'det_500m_reference.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const differences: { box: number; landmarks: number; score: number }[] = [];
  for (const row of rows.filter((_, i) => i % every === 0)) {
    const expected = referenceRow.parse(JSON.parse(row));
    const picture = await decodeImage(readFileSync(join(testdata, 'lfw', expected.path)));
    const found = await detector.detect(picture, {
      x: 0,
      y: 0,
      width: picture.width,
      height: picture.height,
    });
    const compared = found.map((face) => ({
      box: greatest(face.box, expected.box),
      landmarks: greatest(face.landmarks.flat(), expected.kps.flat()),
      score: Math.abs(face.confidence - expected.score),
    }));
    differences.push(compared.sort((a, b) => a.box - b.box)[0] ?? { box: 999, landmarks: 999, score: 1 });
  }
  await detector.close();
  const within = differences.filter(
    ({ box, landmarks, score }) =>
      box <= tolerance.px && landmarks <= tolerance.px && score <= tolerance.score,
  );
  return {
    faces: differences.length,
    share: within.length / differences.length,
    medianBoxPx: median(differences.map((one) => one.box)),
    medianLandmarkPx: median(differences.map((one) => one.landmarks)),
    medianScore: median(differences.map((one) => one.score)),
  };
}

function greatest(found: number[], expected: number[]): number {
  return Math.max(...found.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN))));
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
