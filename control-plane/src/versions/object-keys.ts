import type { ObjectUpload } from '../objects/object-store.ts';
import type { ArtifactRow, VersionRow } from './store.ts';

/**
 * Where an artifact lies in the object store: `2026.11.20-7/performers.db`. The upload's own id is part of it, so
 * that removing a version never touches another one of the same number.
 */
export function keyOf({ id, version }: VersionRow, { name }: ArtifactRow): string {
  return `${version}-${id}/${name}`;
}

/** The artifact's upload; its ticket is empty until it was begun. */
export function uploadOf(version: VersionRow, artifact: ArtifactRow): ObjectUpload {
  return { key: keyOf(version, artifact), ticket: artifact.ticket ?? '' };
}
