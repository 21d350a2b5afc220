import { openFaceEngine, type QualityPolicy } from '../src/faces/engine.ts';
import { cosineDistance } from '../src/faces/unit-vector.ts';
import { ensurePack } from '../src/models/ensure-pack.ts';
import { defaultModelsDir } from '../src/models/list-packs.ts';
import { measureAgreement } from './faces-lfw/measure-agreement.ts';
import { readPairs, readPhotos, requireTestdata } from './faces-lfw/read-lfw.ts';
import { selfRecognition, verificationAccuracy } from './faces-lfw/recognise.ts';

// Real recognition with the starter pack on labelled photos, and the SCRFD detector against its reference results.

const targets = { verification: 0.99, selfRecognition: 0.98, agreement: 0.99 };

/** The photos are 250 px wide and 19 % show bystanders: the largest face is the labelled person, and nobody is turned away. */
const policy: QualityPolicy = {
  minImagePx: 250,
  minFacePx: 0,
  minConfidence: 0,
  maxYawDegrees: 180,
  singleFaceOnly: false,
  embed: true,
};

const testdata = requireTestdata();
const modelsDir = defaultModelsDir();
const pack = await ensurePack('starter', modelsDir);
const engine = await openFaceEngine({ pack, modelsDir, device: 'auto', onWarning: console.warn });
const photos = readPhotos(testdata);
const start = performance.now();
const vectors = new Map<string, Float32Array>();
await Promise.all(
  photos.map(async (photo) => {
    const { faces } = await engine.analyse(photo.bytes, policy);
    const vector = faces.find((face) => face.rejection === null)?.embeddings[pack.matching.embedder];
    if (vector) vectors.set(photo.path, vector);
  }),
);
const seconds = (performance.now() - start) / 1000;
await engine.close();

const distance = (first: string, second: string) => {
  const [a, b] = [vectors.get(first), vectors.get(second)];
  // A photo without a face matches nobody: it counts against recognition.
  return a && b ? cosineDistance(a, b) : 2;
};
const verification = verificationAccuracy(readPairs(testdata), distance);
const recognised = selfRecognition(photos, distance);
const agreement = await measureAgreement(testdata);

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
console.log(
  `pack ${pack.id}: ${vectors.size} faces in ${photos.length} photos of ${new Set(photos.map((p) => p.person)).size} people, ` +
    `${(photos.length / seconds).toFixed(1)} photos/s on ${engine.provider}`,
);
const rows = [
  ['verification, pairs_multi, 10-fold', verification.accuracy, targets.verification],
  ['self-recognition, nearest of all others', recognised, targets.selfRecognition],
  ['SCRFD faces as in the reference', agreement.share, targets.agreement],
] as const;
console.table(
  rows.map(([measure, value, target]) => ({
    measure,
    value: percent(value),
    target: `>= ${percent(target)}`,
    met: value >= target,
  })),
);
console.log(
  `verification threshold ${verification.threshold.toFixed(3)} (mean of the folds); SCRFD on ${agreement.faces} faces: ` +
    `median difference ${agreement.medianBoxPx.toFixed(2)} px in the box, ${agreement.medianLandmarkPx.toFixed(2)} px in landmarks, ` +
    `${agreement.medianScore.toFixed(4)} in score`,
);
process.exitCode = rows.every(([, value, target]) => value >= target) ? 0 : 1;
