import type { Deps } from '../context/deps.ts';
import { keyOf } from '../versions/artifact-upload.ts';
import { listVisible } from '../versions/store.ts';

export interface MissingFiles {
  version: string;
  /** Artifacts that the version store lacks, or has in another size. */
  artifacts: string[];
}

/** Visible versions whose files are not all in the version store: a backup holds rows, and the files travel by themselves. */
export async function findMissingFiles({
  db,
  objects,
}: Pick<Deps, 'db' | 'objects'>): Promise<MissingFiles[]> {
  const missing: MissingFiles[] = [];
  for (const { version, artifacts } of await listVisible(db)) {
    const names: string[] = [];
    for (const artifact of artifacts) {
      const found = await objects.read(keyOf(version, artifact), { start: 0, end: 0 });
      await found?.body.cancel();
      if (found?.size !== artifact.size) names.push(artifact.name);
    }
    if (names.length > 0) missing.push({ version: version.version, artifacts: names });
  }
  return missing;
}
