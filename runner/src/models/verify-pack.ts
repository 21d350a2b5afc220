import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type ModelPack, type PackFile, packFiles } from './pack.ts';
import { PackError } from './pack-error.ts';

/** `ok`: the pinned bytes. `missing`: not there. `wrong`: there, with other bytes. */
export type FileState = 'ok' | 'missing' | 'wrong';

export interface PackFileReport {
  file: string;
  path: string;
  state: FileState;
  expectedSha256: string;
  /** Null when the file is missing. */
  foundSha256: string | null;
}

/** Path of one of the pack's files. */
export function packFilePath(pack: ModelPack, modelsDir: string, file: string): string {
  return join(modelsDir, pack.id, file);
}

/** Hashes every file of the pack on disk; never throws for a missing or wrong one. */
export async function verifyPack(pack: ModelPack, modelsDir: string): Promise<PackFileReport[]> {
  const reports: PackFileReport[] = [];
  for (const file of packFiles(pack)) {
    reports.push(await verifyFile(file, packFilePath(pack, modelsDir, file.name)));
  }
  return reports;
}

/**
 * Passes only when every file of the pack has its pinned hash.
 *
 * @throws PackError `missing_files` or `wrong_hash`
 */
export async function requirePack(pack: ModelPack, modelsDir: string): Promise<void> {
  const reports = await verifyPack(pack, modelsDir);
  const wrong = reports.find((report) => report.state === 'wrong');
  if (wrong) {
    throw new PackError(
      'wrong_hash',
      `${wrong.path} is not the file that model pack "${pack.id}" was made for: sha256 is ${wrong.foundSha256}, ` +
        `expected ${wrong.expectedSha256}. Delete it and run \`runner models pull ${pack.id}\`.`,
    );
  }
  const missing = reports.filter((report) => report.state === 'missing').map((report) => report.file);
  if (missing.length > 0) {
    throw new PackError(
      'missing_files',
      `Model pack "${pack.id}" is not complete in ${modelsDir}: ${missing.join(', ')} missing. ` +
        `Run \`runner models pull ${pack.id}\`.`,
    );
  }
}

async function verifyFile(file: PackFile, path: string): Promise<PackFileReport> {
  const found = await sha256OfFile(path);
  const state = found === null ? 'missing' : found === file.sha256 ? 'ok' : 'wrong';
  return { file: file.name, path, state, expectedSha256: file.sha256, foundSha256: found };
}

/** Lower-case hex, or null when there is no such file. */
export async function sha256OfFile(path: string): Promise<string | null> {
  const there = await stat(path).catch(() => null);
  if (!there?.isFile()) return null;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
