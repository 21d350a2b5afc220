import type { Gender, SourceId, TrustLevel } from '@trainer/contract/sources';
import type { LimitFunction } from 'p-limit';
import type { CatalogWriter } from '../catalog/writer.ts';
import type { FaceJudge } from '../exclusions/excluded-faces.ts';
import type { Guard } from '../exclusions/guard.ts';
import type { FaceEngine, QualityPolicy } from '../faces/engine.ts';
import type { Logger } from '../logs/logger.ts';
import type { RunTime } from '../pictures/retry-images.ts';
import type { Source } from '../sources/source.ts';

/** What looking at a source's images takes. */
export interface ImageContext {
  catalog: CatalogWriter;
  source: Pick<Source, 'fetchImage' | 'fetchSmaller'>;
  sourceId: SourceId;
  signal: AbortSignal;
  log: Logger;
}

/** What every step of one ingest task works with. */
export interface IngestContext extends ImageContext {
  /** Says who must stay out. */
  guard: Guard;
  source: Source;
  genderFilter: Gender | null;
  /** Null when only metadata is wanted. */
  faces: FaceDemands | null;
}

export interface FaceDemands {
  engine: FaceEngine;
  /** Names the engine's pack in the catalog. */
  pack: string;
  policy: QualityPolicy;
  /** Images that were rejected for their quality before this are judged again; ISO time. */
  policySince: string;
  /** For images that failed: says which are worth asking for again. */
  time: RunTime;
  trust: TrustLevel;
  /** Which exclusion a vector of the pack's matching embedder falls under. */
  excludedBy: FaceJudge;
  /** Faces per performer. */
  limits: { source: number; total: number };
  /** Bounds the images that are in memory. */
  imagesAtOnce: LimitFunction;
}
