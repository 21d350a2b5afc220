/** What became of one picture of a performer. */
export interface ImageOutcome {
  /** The source that listed it: a stash-box, a reference site, or `folder`. */
  source: string;
  url: string;
  /** Model pack it was judged with; another pack judges it anew. */
  pack: string;
  etag: string | null;
  lastModified: string | null;
  /** Of the bytes as fetched; null when nothing could be fetched. */
  sha256: string | null;
  widthPx: number | null;
  heightPx: number | null;
  /** `failed`: could not be fetched or decoded. `rejected`: no face of it was accepted. */
  outcome: 'accepted' | 'rejected' | 'failed';
  /** Why, unless accepted. */
  reason: string | null;
  /** Every detected face, accepted or not, in the detector's order. */
  faces: FaceOutcome[];
  /** The page that shows it, where there is one. */
  pageUrl?: string | null;
  /** What on it made the source say that the image is the performer's: `images.headshot`. */
  rule?: string | null;
  /**
   * The record whose address led to the page, for an image of a reference site: when records part, the image goes with this
   * one. Images without are dropped then.
   */
  recordRef?: { endpoint: string; remoteId: string } | null;
}

/** One detected face. A rejected one may bring its embeddings, so that it can be judged again without inference. */
export interface FaceOutcome {
  /** px in the upright picture. */
  box: Box;
  /** Five points x1, y1 … x5, y5 in px: eyes, nose, mouth corners, left before right in the picture. */
  landmarks: number[];
  /** Degrees; null when it could not be estimated. */
  yaw: number | null;
  /** 0..1 */
  quality: number;
  /** The detector's, 0..1. */
  confidence: number;
  accepted: boolean;
  /** The rule that accepted it (`high_trust`, `matched_existing`) or the reason of its rejection. */
  reason: string;
  /** Cosine distance to the nearest face held, when one was measured. */
  distance: number | null;
  embeddings: Embedding[];
  /** The label that it had in an imported release: kept where it is free. */
  label?: number;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Embedding {
  /** The embedder within the pack. */
  model: string;
  /** `[512]` */
  vector: Float32Array;
}

/** A picture as the catalog remembers it. */
export interface KnownImage extends Omit<ImageOutcome, 'faces' | 'recordRef'> {
  id: number;
  performerId: number;
  checkedAt: string;
  /** Since when it fails for its `reason`; null unless it failed. */
  failingSince: string | null;
}

/** An accepted face with its vectors. */
export interface AcceptedFace {
  faceId: number;
  imageId: number;
  source: string;
  quality: number;
  /** Permanent label within the pack. */
  label: number;
  embeddings: Embedding[];
}
