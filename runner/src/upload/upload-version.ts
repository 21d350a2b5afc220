import { ApiProblem } from '@trainer/contract/client';
import type { Artifact, Manifest, QualitySummary, Upload, VersionView } from '@trainer/contract/versions';
import pLimit from 'p-limit';
import { bringPart, type Part, type PartDeps } from './bring-part.ts';

const partsAtOnce = 3;
/** How often the control plane may find parts missing that it was brought, before the upload gives up. */
const roundsAtMost = 5;

/** A version in its staging folder, ready to go. */
export interface StagedVersion {
  version: string;
  /** The artifact that people download and sidecars load. */
  filename: string;
  artifacts: (Artifact & { path: string })[];
  manifest: Manifest;
  quality: QualitySummary;
}

export interface UploadDeps extends PartDeps {
  /** Bytes stored so far, those of an earlier attempt included, of all. */
  onProgress: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Brings a version to the control plane and has it published. Only parts that are missing there are sent, so an
 * upload that was cut off goes on where it was, whichever side was restarted.
 *
 * @throws ApiProblem when the control plane refuses the version, `ArtifactChanged` when a file is not what the
 * version says, or the signal's reason
 */
export async function uploadVersion(staged: StagedVersion, deps: UploadDeps): Promise<VersionView> {
  for (let round = 1; ; round += 1) {
    const upload = await openUpload(staged, deps);
    await bringMissing(staged, upload, deps);
    try {
      return await publish(deps);
    } catch (error) {
      if (!canBeMended(error) || round >= roundsAtMost) throw error;
    }
  }
}

/** The control plane has forgotten parts that were lost or damaged in its store, and asks for them again. */
function canBeMended(error: unknown): boolean {
  return error instanceof ApiProblem && ['incomplete_upload', 'hash_mismatch'].includes(error.code);
}

function openUpload(staged: StagedVersion, { session, lease, signal }: UploadDeps): Promise<Upload> {
  const { version, filename, manifest, quality } = staged;
  const artifacts = staged.artifacts.map(({ name, size, sha256 }) => ({ name, size, sha256 }));
  return session('POST /api/leases/{task}/version', {
    params: { task: lease.task_id },
    body: { fence: lease.fence, version, filename, artifacts, manifest, quality },
    signal,
  });
}

function publish({ session, lease, signal }: UploadDeps): Promise<VersionView> {
  return session('POST /api/leases/{task}/version/publish', {
    params: { task: lease.task_id },
    body: { fence: lease.fence },
    signal,
  });
}

async function bringMissing(staged: StagedVersion, upload: Upload, deps: UploadDeps): Promise<void> {
  const parts = missingParts(staged, upload);
  const totalBytes = staged.artifacts.reduce((sum, { size }) => sum + size, 0);
  let doneBytes = totalBytes - parts.reduce((sum, { length }) => sum + length, 0);
  deps.onProgress(doneBytes, totalBytes);
  const failed = new AbortController();
  const signal = AbortSignal.any([deps.signal, failed.signal]);
  const limit = pLimit(partsAtOnce);
  const bring = async (part: Part) => {
    signal.throwIfAborted();
    await bringPart(part, { ...deps, signal });
    doneBytes += part.length;
    deps.onProgress(doneBytes, totalBytes);
  };
  try {
    await Promise.all(parts.map((part) => limit(bring, part)));
  } catch (error) {
    // The others need not go on for a version that will not come to be.
    failed.abort(error);
    throw error;
  }
}

function missingParts(staged: StagedVersion, upload: Upload): Part[] {
  const files = new Map(staged.artifacts.map((artifact) => [artifact.name, artifact]));
  return upload.artifacts.flatMap(({ name, missing }) => {
    const file = files.get(name);
    if (!file) return [];
    return missing.map((number) => {
      const offset = (number - 1) * upload.part_bytes;
      return {
        name,
        path: file.path,
        number,
        offset,
        length: Math.min(upload.part_bytes, file.size - offset),
      };
    });
  });
}
