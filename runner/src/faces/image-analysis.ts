import type { JudgedFace, RejectionReason } from './judge-faces.ts';

/** A judged face; only an accepted one (`rejection` null) has embeddings, and only when the policy asked for them. */
export interface AnalysedFace extends JudgedFace {
  /** Unit vectors by embedder id, `[dims]` each. */
  embeddings: Record<string, Float32Array>;
}

/** What the engine found in one image. */
export interface ImageAnalysis {
  /** Size in px, upright. */
  width: number;
  height: number;
  /** Of the bytes as they came, lower-case hex. */
  sha256: string;
  /** Why the whole image is refused, or null. */
  reason: RejectionReason | null;
  /** Accepted and rejected faces, best confidence first. */
  faces: AnalysedFace[];
}
