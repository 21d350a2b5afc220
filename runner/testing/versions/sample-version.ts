import { join } from 'node:path';
import type { ImageOutcome } from '../../src/catalog/image-outcome.ts';
import type { CatalogWriter } from '../../src/catalog/writer.ts';
import { commitPerformer } from '../../src/commit/commit-performer.ts';
import { loadPack } from '../../src/models/load-pack.ts';
import { loadSigningKey } from '../../src/versions/signing-key.ts';
import type { VersionRequest } from '../../src/versions/write-version.ts';
import { freshFolder } from '../catalog/fresh-folder.ts';
import {
  clusterVector,
  NOON,
  PACK,
  sampleFace,
  sampleImage,
  sampleRecord,
  uuid,
} from '../catalog/samples.ts';

/** Pictures of one performer with one accepted face each, with a vector of every model. */
export function facesOf(performer: number, count: number, models = ['starter']): ImageOutcome[] {
  return Array.from({ length: count }, (_, member) => {
    const embeddings = models.map((model, index) => ({
      model,
      vector: clusterVector(performer + index * 10_000, member),
    }));
    const face = sampleFace(clusterVector(performer, member), { embeddings });
    return sampleImage(`https://stashdb.example/images/${performer}-${member}`, [face], {
      sha256: `${performer}-${member}`.padStart(64, '0'),
    });
  });
}

/** Adds `performers` people with `each` faces to the catalog; person n has the id `uuid(n)`. */
export async function fillCatalog(
  catalog: CatalogWriter,
  performers: number,
  each: number,
  models?: string[],
): Promise<void> {
  for (let number = 1; number <= performers; number++) {
    await commitPerformer(catalog, {
      performer: sampleRecord({
        remoteId: uuid(number),
        name: `Person ${number}`,
        aliases: [`Alias ${number}`],
        urls: [`https://www.iafd.com/person.rme/perfid=person${number}`],
      }),
      images: facesOf(number, each, models),
    });
  }
}

/** An order for the starter pack, in a folder of its own. */
export async function sampleRequest(changes: Partial<VersionRequest> = {}): Promise<VersionRequest> {
  const dir = freshFolder();
  return {
    version: '2026.03.01',
    stagingDir: join(dir, 'staging', 'task-1'),
    pack: loadPack('starter'),
    packKey: PACK,
    sources: ['stashdb'],
    configRevision: 4,
    parent: null,
    key: await loadSigningKey(dir),
    now: () => NOON,
    ...changes,
  };
}
