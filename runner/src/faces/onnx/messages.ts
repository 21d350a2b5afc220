import type { ImageErrorCode } from '../errors.ts';
import type { ImageAnalysis } from '../image-analysis.ts';
import type { QualityPolicy } from '../judge-faces.ts';

/** Engine to thread: analyse this. `id` is chosen by the engine and repeated in the answer. */
export interface AnalyseRequest {
  id: number;
  image: Uint8Array;
  policy: QualityPolicy;
}

/**
 * Thread to engine. `ready` once, after the models are loaded. A `refused` image is the image's fault, a `failed` one the
 * thread's.
 */
export type ThreadAnswer =
  | { kind: 'ready' }
  | { kind: 'analysed'; id: number; analysis: ImageAnalysis }
  | { kind: 'refused'; id: number; code: ImageErrorCode; message: string }
  | { kind: 'failed'; id: number; message: string };
