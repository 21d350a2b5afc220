import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { ApiProblem, type Call } from '@trainer/contract/client';
import type { Lease } from '@trainer/contract/leases';

/** A hash that differs once was damaged on its way; one that always differs is not the network's doing. */
const attemptsPerPart = 3;

export interface Part {
  /** Of the artifact. */
  name: string;
  path: string;
  /** From 1. */
  number: number;
  /** In the file, bytes. */
  offset: number;
  length: number;
}

export interface PartDeps {
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
export async function bringPart(part: Part, deps: PartDeps): Promise<void> {
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
