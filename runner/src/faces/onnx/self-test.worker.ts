import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { withCleanUp } from '@trainer/async/with-clean-up';
import type { GoldenResult, ModelPack } from '../../models/pack.ts';
import { packFilePath } from '../../models/verify-pack.ts';
import { alignFace } from '../align-face.ts';
import { drawGoldenPicture, goldenLandmarks } from '../golden-picture.ts';
import { writeGoldenResult } from '../golden-result.ts';
import { countNodes } from './count-nodes.ts';
import { findFaces } from './find-faces.ts';
import { openDetector } from './open-detector.ts';
import { openEmbedders } from './open-embedders.ts';
import { openModel, type Provider } from './open-model.ts';

export interface SelfTestOptions {
  pack: ModelPack;
  modelsDir: string;
  provider: Provider;
}

export interface SelfTestReport {
  result: GoldenResult;
  /** For each model file, how many nodes of its graph ran on which execution provider. */
  nodes: { file: string; byProvider: Record<string, number> }[];
}

/**
 * Runs every model of the pack once on the golden picture, with profiling: only the trace says which provider really
 * computed. On a thread of its own, so that nothing of it stays in the analysing threads.
 */
async function selfTest({ pack, modelsDir, provider }: SelfTestOptions): Promise<SelfTestReport> {
  const traces = await mkdtemp(join(tmpdir(), 'self-test-'));
  const files: string[] = [];
  const load = (file: string, dynamicBatch?: { reshapes: string[] }) => {
    files.push(file);
    const profilePrefix = join(traces, file);
    return openModel({ path: packFilePath(pack, modelsDir, file), provider, dynamicBatch, profilePrefix });
  };
  const work = async () => {
    const detector = await openDetector(pack, load);
    const embedders = await openEmbedders(pack, load);
    const picture = drawGoldenPicture();
    const detections = await findFaces(detector, picture);
    const [embeddings] = await embedders.embed([alignFace(picture, goldenLandmarks)]);
    await detector.close();
    await embedders.close();
    return {
      result: writeGoldenResult(detections, embeddings ?? {}),
      nodes: await readTraces(traces, files),
    };
  };
  return withCleanUp(work, () => rm(traces, { recursive: true, force: true }));
}

async function readTraces(folder: string, files: string[]): Promise<SelfTestReport['nodes']> {
  const names = await readdir(folder);
  return Promise.all(
    files.map(async (file) => {
      const trace = names.find((name) => name.startsWith(`${file}_`));
      return { file, byProvider: trace ? countNodes(await readFile(join(folder, trace), 'utf8')) : {} };
    }),
  );
}

if (parentPort) parentPort.postMessage(await selfTest(workerData));
