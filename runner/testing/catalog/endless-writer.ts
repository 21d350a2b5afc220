/** Commits performers 0, 1, 2 … with two faces each, and prints a dot for each one, until it is killed. */

import { openCatalog } from '../../src/catalog/open-catalog.ts';
import { commitPerformer } from '../../src/commit/commit-performer.ts';
import { clusterVector, sampleFace, sampleImage, sampleRecord, testDeps, uuid } from './samples.ts';

const [, , path = 'catalog.db'] = process.argv;
const catalog = (await openCatalog(path, testDeps)).forOwner();
for (let number = 0; ; number++) {
  const faces = [sampleFace(clusterVector(number, 0)), sampleFace(clusterVector(number, 1))];
  await commitPerformer(catalog, {
    performer: sampleRecord({ remoteId: uuid(number), urls: [] }),
    images: [sampleImage(`https://a/${number}`, faces)],
    cursor: { source: 'stashdb', value: { next: number + 1 } },
  });
  process.stdout.write('.');
}
