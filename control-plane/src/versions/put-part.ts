import { limits } from '@trainer/contract/limits';
import { partCount } from '@trainer/contract/versions';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { holderExists, requireLease } from '../leases/require-lease.ts';
import { type ObjectPart, UploadLost, WrongBytes } from '../objects/object-store.ts';
import { beginUpload, restartUpload } from './artifact-upload.ts';
import { type ArtifactRow, findForPart, findOfTask, recordPart } from './store.ts';

interface PartRequest {
  taskId: string;
  fence: number;
  /** The artifact's. */
  name: string;
  /** From 1. */
  number: number;
  sha256: string;
  body: ReadableStream<Uint8Array>;
  /** Aborts when the caller is gone. */
  signal: AbortSignal;
}

/**
 * Stores one part of an artifact; one that is there already is read to its end and otherwise ignored.
 *
 * @throws {ProblemError} `not_found`, `lease_lost`, `impossible_report`, `too_large`, `hash_mismatch` or `unavailable`
 */
export async function putPart(deps: Deps, request: PartRequest): Promise<void> {
  const { db, clock, objects } = deps;
  const { taskId, fence, name, number, sha256, body } = request;
  await requireLease(deps, taskId, fence);
  const found = await findForPart(db, { taskId, name, number });
  if (!found) throw await noArtifact(deps, taskId, name);
  const { version, artifact, stored } = found;
  const part = toPart(artifact, number, sha256);
  if (artifact.isComplete || stored?.sha256 === sha256) return drain(body);

  const what = `Part ${number} of "${name}"`;
  const upload = await beginUpload(deps, version, artifact);
  const receipt = await objects.putPart(upload, part, body).catch(async (error: unknown) => {
    if (!(error instanceof UploadLost)) throw refusalOf(error, what, request.signal);
    await restartUpload(deps, version, { ...artifact, ticket: upload.ticket });
    throw uploadRestarted(what, error);
  });
  const row = { versionId: version.id, artifact: name, number, sha256, receipt };
  const now = clock.now();
  const held = holderExists(db, taskId, fence, now);
  if (await recordPart(db, row, { ticket: upload.ticket, held, now })) return;
  await requireLease(deps, taskId, fence);
  // Another call has replaced the upload, so the part just written would never be deleted.
  await objects.abort(upload);
  throw uploadRestarted(what);
}

async function noArtifact({ db }: Deps, taskId: string, name: string): Promise<ProblemError> {
  const found = await findOfTask(db, taskId);
  if (!found) return noUpload(taskId);
  const names = found.artifacts.map((each) => each.name).join(', ');
  return new ProblemError('not_found', `The upload has no artifact "${name}": it has ${names}.`);
}

/** Earlier parts are missing too: the runner learns which when it publishes. */
function uploadRestarted(what: string, cause?: unknown): ProblemError {
  return new ProblemError(
    'unavailable',
    `${what} was not stored: its upload was lost or replaced and has been restarted. Send it again.`,
    { cause },
  );
}

function noUpload(taskId: string): ProblemError {
  return new ProblemError(
    'not_found',
    `Task ${taskId} has no such upload: open it with POST /api/leases/${taskId}/version.`,
  );
}

function toPart({ name, size }: ArtifactRow, number: number, sha256: string): ObjectPart {
  const count = partCount(size);
  if (number > count) {
    throw new ProblemError(
      'impossible_report',
      `"${name}" has ${count} parts, so there is no part ${number}.`,
    );
  }
  const offset = (number - 1) * limits.uploadPartBytes;
  return { number, offset, size: Math.min(limits.uploadPartBytes, size - offset), sha256 };
}

/** Reads to the end, because many clients treat an early answer as a broken connection. */
function drain(body: ReadableStream<Uint8Array>): Promise<void> {
  return body.pipeTo(new WritableStream());
}

function refusalOf(error: unknown, part: string, signal: AbortSignal): unknown {
  // The client has disconnected and cannot read this answer, but that is not a failure of the control plane.
  if (signal.aborted) {
    return new ProblemError('hash_mismatch', `${part} was not taken: its body broke off.`, { cause: error });
  }
  if (!(error instanceof WrongBytes)) return error;
  const code = error.kind === 'too-long' ? 'too_large' : 'hash_mismatch';
  return new ProblemError(code, `${part} was not taken: ${error.message}. Send it again.`, { cause: error });
}
