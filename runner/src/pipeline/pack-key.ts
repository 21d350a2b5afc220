import { type ModelPack, packFingerprint } from '../models/pack.ts';

/**
 * The name under which the catalog holds a pack's images and faces. It has part of the fingerprint, so that a pack whose
 * files or preprocessing change under the same id does not mix with what it was.
 */
export function packKey(pack: ModelPack): string {
  return `${pack.id}@${packFingerprint(pack).slice(0, 12)}`;
}
