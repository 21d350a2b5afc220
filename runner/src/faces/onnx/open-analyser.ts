import { hash } from 'node:crypto';
import pLimit from 'p-limit';
import type { ModelPack } from '../../models/pack.ts';
import { packFilePath } from '../../models/verify-pack.ts';
import { alignFace } from '../align-face.ts';
import { decodeImage } from '../decode-image.ts';
import type { AnalysedFace, ImageAnalysis } from '../image-analysis.ts';
import { type JudgedFace, judgeFaces, type QualityPolicy } from '../judge-faces.ts';
import { batchCrops } from './batch-crops.ts';
import { findFaces } from './find-faces.ts';
import { type LoadModel, openDetector } from './open-detector.ts';
import { openEmbedders } from './open-embedders.ts';
import { openModel, type Provider } from './open-model.ts';

export interface AnalyserOptions {
  pack: ModelPack;
  modelsDir: string;
  provider: Provider;
  batchSize: number;
  maxPixels: number;
}

/** The whole way of an image on one thread: decode, detect, judge, align, embed. */
export interface Analyser {
  /** @throws ImageError */
  analyse(image: Uint8Array, policy: QualityPolicy): Promise<ImageAnalysis>;
  close(): Promise<void>;
}

/**
 * Images whose pixels are in memory at one time: one at the detector, the others being decoded ahead in the library's own
 * threads. More gained nothing on two cores, and each may hold `maxPixels` * 3 bytes.
 */
const picturesAhead = 4;

/** Loads the pack's models on the calling thread, which `analyse` then blocks while it computes. */
export async function openAnalyser(options: AnalyserOptions): Promise<Analyser> {
  const { pack, batchSize } = options;
  const load: LoadModel = (file, dynamicBatch) =>
    openModel({
      path: packFilePath(pack, options.modelsDir, file),
      provider: options.provider,
      dynamicBatch,
    });
  const onGpu = options.provider === 'cuda';
  const detector = await openDetector(pack, load, onGpu);
  const embedders = await openEmbedders(pack, load, onGpu ? batchSize : 0);
  const inTurn = takeTurns();
  const oneOfFew = pLimit(picturesAhead);
  const batches = batchCrops(batchSize, (crops) => inTurn(() => embedders.embed(crops)));

  /** Ends with crops of 37 kB instead of pixels of up to 150 MB, so that waiting for a batch holds little. */
  async function look(image: Uint8Array, policy: QualityPolicy) {
    const picture = await decodeImage(image, options.maxPixels);
    const detections = await inTurn(() => findFaces(detector, picture));
    const { reason, faces } = judgeFaces(picture.width, picture.height, detections, policy);
    const cropOf = (face: JudgedFace) =>
      policy.embed && face.rejection === null ? alignFace(picture, face.landmarks) : null;
    const { width, height } = picture;
    return { width, height, reason, faces: faces.map((face) => ({ face, crop: cropOf(face) })) };
  }

  async function embedFace({
    face,
    crop,
  }: {
    face: JudgedFace;
    crop: Uint8Array | null;
  }): Promise<AnalysedFace> {
    if (!crop) return { ...face, embeddings: {} };
    const embeddings = await batches.embed(crop);
    return embeddings
      ? { ...face, embeddings }
      : { ...face, rejection: 'unusable_embedding', embeddings: {} };
  }

  return {
    async analyse(image, policy) {
      batches.imageStarted();
      try {
        const { faces, ...rest } = await oneOfFew(() => look(image, policy));
        const sha256 = hash('sha256', image);
        return { ...rest, sha256, faces: await Promise.all(faces.map(embedFace)) };
      } finally {
        batches.imageEnded();
      }
    },
    async close() {
      await detector.close();
      await embedders.close();
    },
  };
}

/** Runs actions one after the other, in the order of the calls. */
type TakeTurns = <Result>(action: () => Promise<Result>) => Promise<Result>;

/**
 * A queue for one thread's models: `run` only seems to be asynchronous, and two calls in flight would write into the same
 * input buffer.
 */
function takeTurns(): TakeTurns {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const result = last.then(action);
    last = result.catch(() => {});
    return result;
  };
}
