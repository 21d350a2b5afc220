import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openFaceEngine, type QualityPolicy } from '../src/faces/engine.ts';
import { defaultModelsDir } from '../src/models/default-models-dir.ts';
import { ensurePack } from '../src/models/ensure-pack.ts';
import { loadPack } from '../src/models/load-pack.ts';
import type { ModelPack } from '../src/models/pack.ts';
import { readPhotos, requireTestdata } from './faces-lfw/read-lfw.ts';

// Images per second of the whole engine (bytes in, embeddings out, decoding included) against the pure inference time of the
// same model calls on the same images, in this process, on as many threads. The two take turns, and the middle of the
// rounds' ratios counts, because a machine is never quiet for long. The starter pack's models are so small that a picture
// takes 10 ms of inference; the second row has the detector of the `stash-sense` pack, which is what a real build runs.

const targetOverhead = 0.15;
const imageCount = 240;
const rounds = 5;
const batchSize = 4;
const threads = availableParallelism();
const policy: QualityPolicy = {
  minImagePx: 200,
  minFacePx: 0,
  minConfidence: 0,
  maxYawDegrees: 180,
  singleFaceOnly: false,
  embed: true,
};

interface Row {
  pack: string;
  /** Images per second. */
  pure: number;
  whole: number;
  overhead: number;
}

const testdata = requireTestdata();
const images = readPhotos(testdata)
  .slice(0, imageCount)
  .map((photo) => photo.bytes);
const modelsDir = defaultModelsDir();
const starter = await ensurePack('starter', modelsDir);
const scratch = await mkdtemp(join(tmpdir(), 'pipeline-'));
const rows = [await compare(starter, modelsDir), await compare(await withScrfd(), scratch)];
await rm(scratch, { recursive: true });

/** The starter pack's embedder behind SCRFD-500M, whose file is among the test data. */
async function withScrfd(): Promise<ModelPack> {
  const sidecar = loadPack('stash-sense');
  await cp(join(modelsDir, 'starter'), join(scratch, 'scrfd'), { recursive: true });
  await cp(join(testdata, 'models', sidecar.detector.file), join(scratch, 'scrfd', sidecar.detector.file));
  const downloads = [...starter.downloads, ...sidecar.downloads.filter((from) => from.kind === 'zip')];
  return { ...starter, id: 'scrfd', detector: sidecar.detector, downloads, golden: undefined };
}

async function compare(pack: ModelPack, folder: string): Promise<Row> {
  const engine = await openFaceEngine({
    pack,
    modelsDir: folder,
    device: 'cpu',
    workers: threads,
    batchSize,
  });
  const replays = await Promise.all(Array.from({ length: threads }, (_, i) => startReplay(pack, folder, i)));
  const pipeline = () => Promise.all(images.map((image) => engine.analyse(image, policy)));
  const inference = () => Promise.all(replays.map(replayOnce));
  await pipeline();
  await inference();
  const ratios: { pure: number; whole: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    ratios.push({ pure: await secondsOf(inference), whole: await secondsOf(pipeline) });
  }
  await engine.close();
  await Promise.all(replays.map((worker) => worker.terminate()));
  const middle = ratios.sort((a, b) => a.whole / a.pure - b.whole / b.pure)[Math.floor(rounds / 2)];
  const { pure, whole } = middle ?? { pure: Number.NaN, whole: Number.NaN };
  return { pack: pack.id, pure: imageCount / pure, whole: imageCount / whole, overhead: whole / pure - 1 };
}

async function startReplay(pack: ModelPack, folder: string, index: number): Promise<Worker> {
  const share = images.filter((_, i) => i % threads === index);
  const worker = new Worker(new URL('./pipeline.worker.ts', import.meta.url), {
    workerData: { pack, modelsDir: folder, batchSize, images: share, policy },
  });
  await once(worker, 'message');
  return worker;
}

function replayOnce(worker: Worker): Promise<unknown> {
  worker.postMessage('again');
  return once(worker, 'message');
}

async function secondsOf(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
console.log(
  `${imageCount} photos of 250 x 250 px, ${threads} threads, batch ${batchSize}, middle of ${rounds} rounds`,
);
console.table(
  rows.map(({ pack, pure, whole, overhead }) => ({
    models: pack === 'scrfd' ? 'SCRFD-500M + starter embedder' : 'starter pack',
    'pure inference, images/s': pure.toFixed(1),
    'whole engine, images/s': whole.toFixed(1),
    overhead: percent(overhead),
    goal: `<= ${percent(targetOverhead)}`,
    met: overhead <= targetOverhead,
  })),
);
process.exitCode = rows.every(({ overhead }) => overhead <= targetOverhead) ? 0 : 1;
