import { createHash } from 'node:crypto';
import type { Call } from '@trainer/contract/client';
import { limits } from '@trainer/contract/limits';
import type { OpenUpload } from '@trainer/contract/versions';

export interface TestVersion {
  announced: Omit<OpenUpload, 'fence'>;
  files: Map<string, Uint8Array<ArrayBuffer>>;
}

export const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A version whose release file has `bytes` bytes, with a manifest that fits and `others` small files beside. */
export function announceVersion(
  version: string,
  {
    bytes = 100,
    parent = null,
    seed = 1,
    others = 0,
  }: { bytes?: number; parent?: string | null; seed?: number; others?: number } = {},
): TestVersion {
  const filename = `release-${version}.zip`;
  const release = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at++) release[at] = at * 31 + seed * 7 + (at >> 8);
  const manifest = {
    version,
    created_at: '2026-01-01T00:00:00Z',
    performer_count: 2,
    face_count: 5,
    sources: ['stashdb'],
    checksums: { [filename]: `sha256:${sha256Of(release)}` },
    format: 'stash-sense',
    model_pack: 'starter',
    parent_version: parent,
    models: { facenet_dim: 512 },
  };
  const files = new Map([
    [filename, release],
    ['manifest.json', new TextEncoder().encode(JSON.stringify(manifest, null, 2))],
  ]);
  for (let other = 1; other <= others; other++) files.set(`other-${other}.txt`, Uint8Array.of(other));
  const artifacts = [...files].map(([name, data]) => ({ name, size: data.length, sha256: sha256Of(data) }));
  const quality = { faces_per_performer: 2.5, single_face_share: 0, self_recognition: 1, warnings: [] };
  return { announced: { version, filename, artifacts, manifest, quality }, files };
}

/** The bytes of one part. */
export function partOf({ files }: TestVersion, name: string, number: number): Uint8Array<ArrayBuffer> {
  const start = (number - 1) * limits.uploadPartBytes;
  return (files.get(name) ?? new Uint8Array()).slice(start, start + limits.uploadPartBytes);
}

/** Uploads what is missing, as a runner does; answers with the parts it sent. */
export async function uploadMissing(
  call: Call,
  made: TestVersion,
  { taskId: task, fence }: { taskId: string; fence: number },
): Promise<string[]> {
  const params = { task };
  const upload = await call('POST /api/leases/{task}/version', {
    params,
    body: { fence, ...made.announced },
  });
  const sent: string[] = [];
  for (const { name, missing } of upload.artifacts) {
    for (const number of missing) {
      const body = partOf(made, name, number);
      await call('PUT /api/leases/{task}/version/artifacts/{name}/parts/{number}', {
        params: { task, name, number },
        query: { fence },
        headers: { 'x-content-sha256': sha256Of(body) },
        body,
      });
      sent.push(`${name} ${number}`);
    }
  }
  return sent;
}
