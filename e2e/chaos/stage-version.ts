import { createHash } from 'node:crypto';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lease } from '@trainer/contract/leases';
import { limits } from '@trainer/contract/limits';
import type { StagedVersion } from '../../runner/src/upload/upload-version.ts';

/** Of one part, or of two and mostly zeros; the version of every other run is large. */
const SMALL_BYTES = 100_000;
const LARGE_BYTES = limits.uploadPartBytes + SMALL_BYTES;
const FIRST_DAY = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Makes the version of a run: its number is the run's, so that every run has another one. */
export async function stageVersion(dir: string, lease: Lease): Promise<StagedVersion> {
  const version = versionOf(lease.run_id);
  const filename = `release-${version}.zip`;
  await mkdir(join(dir, version), { recursive: true });
  const release = await writeRelease(join(dir, version, filename), lease.run_id);
  const manifest = {
    version,
    created_at: '2026-01-01T00:00:00.000Z',
    performer_count: 2,
    face_count: 5,
    sources: lease.params.sources,
    checksums: { [filename]: `sha256:${release.sha256}` },
    format: 'stash-sense',
    model_pack: 'starter',
    parent_version: lease.latest_version,
  };
  const text = Buffer.from(JSON.stringify(manifest));
  await writeFile(join(dir, version, 'manifest.json'), text);
  return {
    version,
    filename,
    artifacts: [
      { name: filename, path: join(dir, version, filename), ...release },
      {
        name: 'manifest.json',
        path: join(dir, version, 'manifest.json'),
        size: text.length,
        sha256: sha256Of(text),
      },
    ],
    manifest,
    quality: { faces_per_performer: 2.5, single_face_share: 0, self_recognition: 1, warnings: [] },
  };
}

export function versionOf(runId: number): string {
  return new Date(FIRST_DAY + runId * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '.');
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function writeRelease(path: string, runId: number): Promise<{ size: number; sha256: string }> {
  const bytes = Buffer.alloc(runId % 2 === 0 ? LARGE_BYTES : SMALL_BYTES);
  // In each part, so that a part of another version in its place would be noticed.
  for (let at = 0; at < bytes.length; at += limits.uploadPartBytes) bytes.write(`run ${runId}`, at);
  await using file = await open(path, 'w');
  await file.write(bytes);
  return { size: bytes.length, sha256: sha256Of(bytes) };
}
