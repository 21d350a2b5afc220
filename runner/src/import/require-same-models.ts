import { formerFingerprints, type ModelPack, packFingerprint } from '../models/pack.ts';
import { ImportError } from './import-error.ts';
import type { Release, ReleaseFormat } from './release.ts';

/** The model pack of the sidecar that reads a format, for releases that name none. */
const PACK_OF_FORMAT: Record<ReleaseFormat, string> = {
  'stash-sense': 'stash-sense',
  'stash-sense2': 'buffalo_l',
};

/** What the original releases state of their models, and what the pack `stash-sense` does. */
const ORIGINAL_MODELS: Record<string, unknown> = {
  detector: 'retinaface_buffalo_sc',
  alignment: 'insightface_norm_crop_5point',
  facenet_dim: 512,
  arcface_dim: 512,
  flip_averaging: true,
};

/** The id of the model pack that a release was made with. */
export function packIdOf({ format, manifest }: Pick<Release, 'format' | 'manifest'>): string {
  return manifest.pack ?? PACK_OF_FORMAT[format];
}

/**
 * Vectors of different models cannot be compared, so a release is imported only under the pack that made its vectors.
 *
 * @throws ImportError `other_models`, which names the difference
 */
export function requireSameModels(
  { format, manifest }: Pick<Release, 'format' | 'manifest'>,
  pack: ModelPack,
): void {
  const { packFingerprint: stated, models, version } = manifest;
  if (stated !== null) {
    if ([packFingerprint(pack), ...formerFingerprints(pack)].includes(stated)) return;
    throw new ImportError(
      'other_models',
      `Release ${version} was made with other models or other preprocessing than the model pack ${pack.id} of this program: ` +
        `its fingerprint is ${stated}, and ours is ${packFingerprint(pack)}`,
    );
  }
  if (format !== 'stash-sense') return;
  for (const [key, expected] of Object.entries(ORIGINAL_MODELS)) {
    const found = models[key];
    if (found === undefined || found === expected) continue;
    throw new ImportError(
      'other_models',
      `Release ${version} states ${key} ${JSON.stringify(found)}, and the model pack ${pack.id} has ${JSON.stringify(expected)}: ` +
        'its vectors cannot be compared with those of this program',
    );
  }
}
