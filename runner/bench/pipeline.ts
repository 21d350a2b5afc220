import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openFaceEngine, type QualityPolicy } from '../src/faces/engine.ts';
import { ensurePack } from '../src/models/ensure-pack.ts';
import { defaultModelsDir } from '../src/models/list-packs.ts';
import { loadPack } from '../src/models/load-pack.ts';
import type { ModelPack } from '../src/models/pack.ts';
import { packFilePath } from '../src/models/verify-pack.ts';
import { requireTestdata } from './faces-lfw/read-lfw.ts';
import { labelledPhotos, type PictureSet, scaledPortraits } from './pipeline/pictures.ts';
import { hasPython, openPlainPython } from './pipeline/plain-python.ts';

// CPU time per picture of the whole engine (bytes in, embeddings out, decoding included), against two references on the same
// pictures: the pure inference of the same model calls in this process, and a plain Python script (e2e/bench/plain-trainer.py),
// as many threads or processes each. The three take turns; each round gives ratios, and the middle ratio counts. CPU time and not
// the clock, because on a shared machine the clock measures the neighbours too.

/** Shares of pure inference, and pictures per CPU second as multiples of the Python script's. */
const inferenceGoal = 0.87;
const pythonGoals: Record<number, number> = { 800: 1.1, 1920: 1.4 };
// Odd, so that the middle one is a round that happened.
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

/** CPU ms per picture in one round. */
interface Round {
  pure: number;
  whole: number;
  python: number | null;
}

const testdata = requireTestdata();
const modelsDir = defaultModelsDir();
const starter = await ensurePack('starter', modelsDir);
const scratch = await mkdtemp(join(tmpdir(), 'pipeline-'));
const withPython = hasPython();
if (!withPython) {
  console.log(
    'No comparison with Python: it needs cv2, numpy and onnxruntime; name an interpreter with PYTHON.',
  );
}
console.log(`CPU ms per picture, ${threads} threads, batch ${batchSize}, middle of ${rounds} rounds`);
const scrfd = await withScrfd();
const small = await labelledPhotos(testdata, join(scratch, 'pictures'));
const met = [
  await compare('starter pack', starter, modelsDir, small),
  await compare('SCRFD-500M', scrfd, scratch, small),
  await compare('SCRFD-500M', scrfd, scratch, await scaledPortraits(800, join(scratch, 'pictures'))),
  await compare('SCRFD-500M', scrfd, scratch, await scaledPortraits(1920, join(scratch, 'pictures'))),
];
await rm(scratch, { recursive: true });
process.exitCode = met.every(Boolean) ? 0 : 1;

/** The starter pack's embedder behind SCRFD-500M, whose file is among the test data. */
async function withScrfd(): Promise<ModelPack> {
  const sidecar = loadPack('stash-sense');
  await cp(join(modelsDir, 'starter'), join(scratch, 'scrfd'), { recursive: true });
  await cp(join(testdata, 'models', sidecar.detector.file), join(scratch, 'scrfd', sidecar.detector.file));
  const downloads = [...starter.downloads, ...sidecar.downloads.filter((from) => from.kind === 'zip')];
  return { ...starter, id: 'scrfd', detector: sidecar.detector, downloads, golden: undefined };
}

/** Measures, prints one line, and says whether the goals were met. */
async function compare(name: string, pack: ModelPack, folder: string, pictures: PictureSet) {
  const { images, size } = pictures;
  const engine = await openFaceEngine({
    pack,
    modelsDir: folder,
    device: 'cpu',
    workers: threads,
    batchSize,
  });
  const replays = await Promise.all(
    Array.from({ length: threads }, (_, i) => startReplay(pack, folder, images, i)),
  );
  const python =
    withPython && pack.detector.kind === 'scrfd'
      ? await openPlainPython(
          {
            detector: packFilePath(pack, folder, pack.detector.file),
            embedder: packFilePath(pack, folder, pack.embedders[0]?.file ?? ''),
          },
          pictures.paths,
          threads,
        )
      : null;
  const pipeline = () => Promise.all(images.map((image) => engine.analyse(image, policy)));
  const inference = () => Promise.all(replays.map(replayOnce));
  await Promise.all([pipeline(), inference(), python?.round()]);
  const turns: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    turns.push({
      pure: (await cpuOf(inference)) / images.length,
      whole: (await cpuOf(pipeline)) / images.length,
      python: python ? (await python.round()) / images.length : null,
    });
  }
  python?.close();
  await engine.close();
  await Promise.all(replays.map((worker) => worker.terminate()));
  return report(`${name}, ${size} px`, turns, pythonGoals[size]);
}

async function startReplay(pack: ModelPack, folder: string, images: Buffer[], index: number) {
  const share = images.filter((_, i) => i % threads === index);
  const worker = new Worker(new URL('./pipeline/replay.worker.ts', import.meta.url), {
    workerData: { pack, modelsDir: folder, batchSize, images: share, policy },
  });
  await once(worker, 'message');
  return worker;
}

function replayOnce(worker: Worker): Promise<unknown> {
  worker.postMessage('again');
  return once(worker, 'message');
}

/** CPU ms of this process with all its threads. */
async function cpuOf(action: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function report(name: string, turns: Round[], pythonGoal: number | undefined): boolean {
  const share = middle(turns.map(({ pure, whole }) => pure / whole));
  const pythonTurns = turns.flatMap(({ python, whole }) =>
    python === null ? [] : [{ ms: python, times: python / whole }],
  );
  const times = middle(pythonTurns.map((turn) => turn.times));
  const isShareMet = share >= inferenceGoal;
  const isPythonMet = pythonTurns.length === 0 || pythonGoal === undefined || times >= pythonGoal;
  const parts = [
    `pure inference ${middle(turns.map(({ pure }) => pure)).toFixed(1)}`,
    `engine ${middle(turns.map(({ whole }) => whole)).toFixed(1)}`,
    `${share.toFixed(2)} of pure inference (goal ${inferenceGoal}, ${isShareMet ? 'met' : 'missed'})`,
  ];
  if (pythonTurns.length > 0) {
    const goal = pythonGoal === undefined ? '' : ` (goal ${pythonGoal}, ${isPythonMet ? 'met' : 'missed'})`;
    parts.push(`Python ${middle(pythonTurns.map((turn) => turn.ms)).toFixed(1)}`);
    parts.push(`${times.toFixed(2)} times Python's pictures per CPU second${goal}`);
  }
  console.log(`${name}: ${parts.join('; ')}`);
  return isShareMet && isPythonMet;
}

function middle(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
