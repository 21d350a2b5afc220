import { createHash, randomFillSync } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StagedVersion } from '../../../runner/src/upload/upload-version.ts';

const CHUNK_BYTES = 1_000_000;

/** A version whose one large file holds `bytes` bytes that no compression shortens. */
export async function stageVersion(folder: string, bytes: number): Promise<StagedVersion> {
  const filename = 'release.zip';
  const path = join(folder, filename);
  const sha256 = await writeNoise(path, bytes);
  const manifest: StagedVersion['manifest'] = {
    version: '2026.01.01',
    created_at: '2026-01-01T00:00:00.000Z',
    performer_count: 1,
    face_count: 1,
    sources: ['stashdb'],
    checksums: { [filename]: `sha256:${sha256}` },
    format: 'stash-sense',
    model_pack: 'starter',
    parent_version: null,
  };
  const text = JSON.stringify(manifest);
  await writeFile(join(folder, 'manifest.json'), text);
  return {
    version: manifest.version,
    filename,
    artifacts: [
      { name: filename, path, size: bytes, sha256 },
      {
        name: 'manifest.json',
        path: join(folder, 'manifest.json'),
        size: Buffer.byteLength(text),
        sha256: createHash('sha256').update(text).digest('hex'),
      },
    ],
    manifest,
    quality: { faces_per_performer: 1, single_face_share: 1, self_recognition: null, warnings: [] },
  };
}

async function writeNoise(path: string, bytes: number): Promise<string> {
  await using file = await open(path, 'w');
  const hash = createHash('sha256');
  for (let written = 0; written < bytes; written += CHUNK_BYTES) {
    const chunk = randomFillSync(new Uint8Array(Math.min(CHUNK_BYTES, bytes - written)));
    hash.update(chunk);
    await file.write(chunk);
  }
  return hash.digest('hex');
}
