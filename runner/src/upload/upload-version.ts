import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { ApiProblem, type Call } from '@trainer/contract/client';
import type { Lease } from '@trainer/contract/leases';
import type { Artifact, Manifest, QualitySummary, Upload, VersionView } from '@trainer/contract/versions';
import pLimit from 'p-limit';

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

interface UploadDeps extends PartDeps {
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

/** A hash that differs once was damaged on its way; one that always differs is not the network's doing. */
const attemptsPerPart = 3;

interface Part {
  /** Of the artifact. */
  name: string;
  path: string;
  /** From 1. */
  number: number;
  /** In the file, bytes. */
  offset: number;
  length: number;
}

interface PartDeps {
  /** Repeats what fails in passing, until `signal` aborts. */
  session: Call;
  lease: Pick<Lease, 'task_id' | 'fence'>;
  signal: AbortSignal;
}

/** An artifact's file is not, or no longer, what the version says. */
export class ArtifactChanged extends Error {
  override readonly name = 'ArtifactChanged';
}

/** Reads one part and brings it, with its hash. */
async function bringPart(part: Part, deps: PartDeps): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const bytes = await readPart(part);
    try {
      return await send(part, bytes, deps);
    } catch (error) {
      const isDamaged = error instanceof ApiProblem && error.code === 'hash_mismatch';
      if (!isDamaged || attempt >= attemptsPerPart) throw error;
    }
  }
}

function send(
  { name, number }: Part,
  bytes: Uint8Array<ArrayBuffer>,
  { session, lease, signal }: PartDeps,
): Promise<void> {
  return session('PUT /api/leases/{task}/version/artifacts/{name}/parts/{number}', {
    params: { task: lease.task_id, name, number },
    query: { fence: lease.fence },
    headers: { 'x-content-sha256': createHash('sha256').update(bytes).digest('hex') },
    body: bytes,
    signal,
  }).then(() => undefined);
}

async function readPart({ path, offset, length }: Part): Promise<Uint8Array<ArrayBuffer>> {
  await using file = await open(path);
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, offset);
  if (bytesRead === length) return bytes;
  throw new ArtifactChanged(
    `${path} has become shorter than the version says (${offset + bytesRead} bytes): build the version anew.`,
  );
}
