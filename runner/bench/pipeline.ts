import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { openFaceEngine, type QualityPolicy } from '../src/faces/engine.ts';
import { defaultModelsDir } from '../src/models/default-models-dir.ts';
import { ensurePack } from '../src/models/ensure-pack.ts';
import { readPhotos, requireTestdata } from './faces-lfw/read-lfw.ts';

// Images per second of the whole engine (bytes in, embeddings out, decoding included) against the pure inference time of the
// same model calls on the same images, in this process, on as many threads. The two take turns, and the middle of the
// rounds' ratios counts, because a machine is never quiet for long.

const targetOverhead = 0.15;
const imageCount = 240;
const rounds = 7;
const batchSize = 4;
const policy: QualityPolicy = {
  minImagePx: 200,
  minFacePx: 0,
  minConfidence: 0,
  maxYawDegrees: 180,
  singleFaceOnly: false,
  embed: true,
};

const images = readPhotos(requireTestdata())
  .slice(0, imageCount)
  .map((photo) => photo.bytes);
const modelsDir = defaultModelsDir();
const pack = await ensurePack('starter', modelsDir);
const threads = availableParallelism();
const engine = await openFaceEngine({ pack, modelsDir, device: 'cpu', workers: threads, batchSize });
const replays = await Promise.all(Array.from({ length: threads }, (_, i) => startReplay(i)));

async function startReplay(index: number): Promise<Worker> {
  const share = images.filter((_, i) => i % threads === index);
  const worker = new Worker(new URL('./pipeline.worker.ts', import.meta.url), {
    workerData: { pack, modelsDir, batchSize, images: share, policy },
  });
  await once(worker, 'message');
  return worker;
}

async function seconds(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}

const pipeline = () => Promise.all(images.map((image) => engine.analyse(image, policy)));
const inference = () =>
  Promise.all(
    replays.map((worker) => {
      worker.postMessage('again');
      return once(worker, 'message');
    }),
  );

await pipeline();
await inference();
const results: { pure: number; whole: number }[] = [];
for (let round = 0; round < rounds; round++) {
  const pure = await seconds(inference);
  results.push({ pure, whole: await seconds(pipeline) });
}
await engine.close();
await Promise.all(replays.map((worker) => worker.terminate()));

const rate = (time: number) => Math.round((imageCount / time) * 10) / 10;
const overheads = results.map(({ pure, whole }) => whole / pure - 1).sort((a, b) => a - b);
const overhead = overheads[Math.floor(rounds / 2)] ?? Number.NaN;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
console.log(`${imageCount} photos of 250 x 250 px, pack ${pack.id}, ${threads} threads, batch ${batchSize}`);
console.table(
  results.map(({ pure, whole }) => ({
    'pure inference, images/s': rate(pure),
    'whole engine, images/s': rate(whole),
    overhead: percent(whole / pure - 1),
  })),
);
console.log(`overhead, middle of ${rounds}: ${percent(overhead)} (goal: at most ${percent(targetOverhead)})`);
process.exitCode = overhead <= targetOverhead ? 0 : 1;
