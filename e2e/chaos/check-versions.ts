import type { Call } from '@trainer/contract/client';
import { housekeeping } from '../../control-plane/src/edge/housekeeping.ts';
import type { Book } from './book.ts';
import type { ChaosEdge } from './open-edge.ts';
import { sha256Of } from './stage-version.ts';

/**
 * Downloads every version; and lets the control plane clear away what stopped runs have left, after which the bucket
 * must hold the versions and nothing else. Answers with how many there were.
 */
export async function checkVersions(edge: ChaosEdge, api: Call, book: Book): Promise<number> {
  const versions = await api('GET /api/versions');
  await checkReceipt(api, book, versions.at(-1)?.version);
  for (const { version, artifacts } of versions) {
    for (const { name, size, sha256 } of artifacts) {
      const answer = await api('GET /api/versions/{version}/artifacts/{name}', { params: { version, name } });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (bytes.length === size && sha256Of(bytes) === sha256) continue;
      book.violate(`${name} of ${version} has ${bytes.length} bytes that are not what was announced`);
    }
  }
  await checkBucket(edge, api, book);
  return versions.length;
}

async function checkBucket(edge: ChaosEdge, api: Call, book: Book): Promise<void> {
  using database = edge.look();
  database.exec("UPDATE versions SET touched_at = 0 WHERE status = 'staged'");
  const worker = await edge.workerd.miniflare.getWorker();
  for (const cron of new Set(housekeeping.map((chore) => chore.cron))) await worker.scheduled({ cron });
  const kept = await api('GET /api/versions');
  const expected = kept.flatMap(({ version, artifacts }) =>
    artifacts.map(({ name }) => `${version} ${name}`),
  );
  const bucket = await edge.workerd.miniflare.getR2Bucket('R2');
  const { objects } = await bucket.list({ limit: 1_000 });
  // The upload's own number stands between the version's and the name.
  const found = objects.map(({ key }) => key.replace(/-\d+\//, ' '));
  if (String(found.toSorted()) !== String(expected.toSorted())) {
    book.violate(`The bucket holds ${found}, and the versions are ${expected}`);
  }
}

/** The only exclusion was there before the first version. */
async function checkReceipt(api: Call, book: Book, oldest: string | undefined): Promise<void> {
  const exclusions = await api('GET /api/exclusions');
  const receipts = exclusions.map(({ receipt }) => receipt?.first_version);
  if (String(receipts) !== String([oldest]))
    book.violate(`The exclusion's receipts name ${receipts}, not ${oldest}`);
}
