import type { Call } from '@trainer/shared/client';
import type { Book } from './book.ts';
import type { ChaosEdge } from './open-edge.ts';
import { sha256Of } from './stage-version.ts';

/** Downloads every version, and looks whether the bucket holds what belongs to them and nothing else. */
export async function checkVersions(edge: ChaosEdge, api: Call, book: Book): Promise<number> {
  const versions = await api('GET /api/versions');
  let artifacts = 0;
  for (const { version, artifacts: announced } of versions) {
    for (const { name, size, sha256 } of announced) {
      const answer = await api('GET /api/versions/{version}/artifacts/{name}', { params: { version, name } });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (bytes.length !== size || sha256Of(bytes) !== sha256) {
        book.violate(`${name} of ${version} has ${bytes.length} bytes that are not what was announced`);
      }
      artifacts += 1;
    }
  }
  const bucket = await edge.workerd.miniflare.getR2Bucket('R2');
  const { objects } = await bucket.list({ limit: 1_000 });
  const numbers = new Set(versions.map(({ version }) => version));
  for (const { key } of objects) {
    if (!numbers.has(key.split('-')[0] ?? '')) book.violate(`${key} belongs to no version`);
  }
  if (objects.length !== artifacts)
    book.violate(`There are ${objects.length} objects for ${artifacts} artifacts`);
  await checkReceipt(api, book, versions.at(-1)?.version);
  return versions.length;
}

/** The only exclusion was there before the first version. */
async function checkReceipt(api: Call, book: Book, oldest: string | undefined): Promise<void> {
  const exclusions = await api('GET /api/exclusions');
  const receipts = exclusions.map(({ receipt }) => receipt?.first_version);
  if (String(receipts) !== String([oldest]))
    book.violate(`The exclusion's receipts name ${receipts}, not ${oldest}`);
}
