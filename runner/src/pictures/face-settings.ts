import { aborted } from '@trainer/async/aborted';
import { configOfSource } from '@trainer/contract/config';
import type { Lease } from '@trainer/contract/leases';
import type { SourceId, TrustLevel } from '@trainer/contract/sources';
import pLimit, { type LimitFunction } from 'p-limit';
import type { CatalogDatabase } from '../catalog/database.ts';
import { readCursor } from '../catalog/task-state.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import type { Engines } from '../engines/engines.ts';
import type { FaceJudge } from '../exclusions/excluded-faces.ts';
import type { FaceEngine, QualityPolicy } from '../faces/engine.ts';
import type { Task } from '../lease/task.ts';
import type { Logger } from '../logs/logger.ts';
import { packKey } from '../models/pack.ts';
import { type OpenedCheckpoint, openCheckpoint } from '../progress/checkpoint.ts';
import type { Source } from '../sources/base/source.ts';
import type { RunTime } from './retry-images.ts';

/** What looking at a source's images takes. */
export interface ImageContext {
  catalog: CatalogWriter;
  source: Pick<Source, 'fetchImage' | 'fetchSmaller'>;
  sourceId: SourceId;
  signal: AbortSignal;
  log: Logger;
}

/** How images of one source are judged, and how many faces are wanted. */
export interface FaceSettings {
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

/** Images in memory beyond those that the engine works on, so that it need not wait for the network. */
const IMAGES_WAITING = 4;

/** The settings that the run and its configuration give; the checkpoint and the exclusion filter add the rest. */
type ConfiguredSettings = Omit<FaceSettings, 'policySince' | 'time' | 'excludedBy'>;

/** What the run and the configuration want of a source's images, or null when they want none. */
export async function readFaceSettings(
  { lease, log, stop }: Task,
  sourceId: SourceId,
  engines: Engines,
): Promise<ConfiguredSettings | null> {
  const { params, config } = lease;
  const { trust_level: trust, max_faces: maxFaces } = configOfSource(config, sourceId);
  if (!params.enable_faces || maxFaces === 0) return null;
  // Fetching models may take minutes, and there is no performer in hand yet that a stop would have to wait for.
  const stopped = aborted(stop).then((): never => {
    throw stop.reason;
  });
  const engine = await Promise.race([engines.get(params.model_pack, log), stopped]);
  return {
    engine,
    pack: packKey(engine.pack),
    policy: {
      minImagePx: config.faces.min_image_px,
      minFacePx: config.faces.min_face_px,
      minConfidence: config.faces.min_confidence,
      maxYawDegrees: config.faces.max_yaw_degrees,
      singleFaceOnly: trust === 'high',
      embed: true,
    },
    trust,
    limits: { source: Math.min(maxFaces, params.max_faces_per_source), total: params.max_faces_total },
    imagesAtOnce: pLimit(engine.maxInFlight + IMAGES_WAITING),
  };
}

/**
 * The checkpoint of the source's last task. Each model pack has its own, because images must be analysed again with another
 * pack. A run without faces has its own too.
 */
export async function readCheckpoint(
  { config }: Lease,
  sourceId: SourceId,
  /** Names the listing: the source, and how it is queried. */
  listing: string,
  faces: ConfiguredSettings | null,
  { catalog, now }: { catalog: CatalogDatabase; now: () => Date },
): Promise<OpenedCheckpoint & { key: string }> {
  const key = `${listing}:${faces?.pack ?? 'metadata'}`;
  const settings = {
    limits: faces?.limits ?? { source: 0, total: 0 },
    policy: JSON.stringify([faces?.policy, faces?.trust, configOfSource(config, sourceId).gender_filter]),
  };
  return { key, ...openCheckpoint(await readCursor(catalog, key), settings, now()) };
}
