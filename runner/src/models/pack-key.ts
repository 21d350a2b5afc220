import { formerFingerprints, type ModelPack, packFingerprint } from './pack.ts';

/**
 * The name under which the catalog holds a pack's images and faces. It has part of the fingerprint, so that a pack whose
 * files or preprocessing change under the same id does not mix with what it was.
 */
export function packKey(pack: ModelPack): string {
  return keyOf(pack, packFingerprint(pack));
}

/** The names under which earlier programs with other arithmetic have kept what the same models made. */
export function formerPackKeys(pack: ModelPack): string[] {
  return formerFingerprints(pack).map((fingerprint) => keyOf(pack, fingerprint));
}

function keyOf({ id }: ModelPack, fingerprint: string): string {
  return `${id}@${fingerprint.slice(0, 12)}`;
}
