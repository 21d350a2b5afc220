import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { ModelPack } from '../models/pack.ts';
import { requirePack } from '../models/verify-pack.ts';
import { chooseProvider, type Device } from './choose-provider.ts';
import { defaultMaxPixels } from './decode-image.ts';
import type { ImageAnalysis } from './image-analysis.ts';
import type { QualityPolicy } from './judge-faces.ts';
import { openThreadPool } from './thread-pool.ts';

export type { AnalysedFace, ImageAnalysis } from './image-analysis.ts';
export type { QualityPolicy, RejectionReason } from './judge-faces.ts';

/** Turns images into judged faces and embeddings, on threads of its own. */
export interface FaceEngine {
  readonly pack: ModelPack;
  /** What really computes, proved by the self-test at start. */
  readonly provider: 'cpu' | 'cuda';
  /** Images under way at one time; more than this only wait. */
  readonly maxInFlight: number;
  /**
   * Resolves when the image is analysed; waits for a free slot while `maxInFlight` images are under way.
   *
   * @throws ImageError when the image cannot be decoded
   * @throws EngineError `image_lost` (retryable), `engine_failed` or `engine_closed`
   */
  analyse(image: Uint8Array, policy: QualityPolicy, signal?: AbortSignal): Promise<ImageAnalysis>;
  close(): Promise<void>;
}

export interface FaceEngineOptions {
  pack: ModelPack;
  modelsDir: string;
  /** `auto` takes the GPU when it works, and says so in a warning when it does not; `cuda` refuses to start without it. */
  device: Device;
  /** Threads, each with its own copy of the models. Default: one per core, or 2 on a GPU. */
  workers?: number;
  /** Faces per run of an embedder. Default: 4, or 16 on a GPU. */
  batchSize?: number;
  maxPixels?: number;
  onWarning?: (message: string) => void;
}

/** Pictures that a thread decodes ahead of the one it computes. */
const decodesAhead = 4;

/**
 * Checks the model files, proves with a self-test that this machine computes what the pack promises, and starts the threads.
 *
 * @throws PackError `missing_files` or `wrong_hash`
 * @throws EngineError `provider_unavailable`, `self_test_failed` or `engine_failed`
 */
export async function openFaceEngine(options: FaceEngineOptions): Promise<FaceEngine> {
  const { pack, modelsDir, onWarning = () => {} } = options;
  await requirePack(pack, modelsDir);
  const provider = await chooseProvider(pack, modelsDir, options.device, onWarning);
  const threads = options.workers ?? (provider === 'cuda' ? 2 : availableParallelism());
  const batchSize = options.batchSize ?? (provider === 'cuda' ? 16 : 4);
  // One batch computing, one filling, and pictures on their way to it.
  const imagesPerThread = 2 * batchSize + decodesAhead;
  const workerData = {
    pack,
    modelsDir,
    provider,
    batchSize,
    maxPixels: options.maxPixels ?? defaultMaxPixels,
  };
  const pool = await openThreadPool({
    start: () => new Worker(new URL('./onnx/analyse.worker.ts', import.meta.url), { workerData }),
    threads,
    imagesPerThread,
    onWarning,
  });
  return {
    pack,
    provider,
    maxInFlight: threads * imagesPerThread,
    analyse: (image, policy, signal) => pool.analyse(image, policy, signal),
    close: () => pool.close(),
  };
}
