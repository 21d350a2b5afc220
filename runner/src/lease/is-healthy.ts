import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from './lock-data-dir.ts';
import { heartbeatFile } from './serve.ts';

/** The file is touched every 2 s; a machine that swaps may be slow about it. */
const staleAfterMs = 60_000;

/** Whether a runner works in `dataDir`, its main thread does not hang and the control plane speaks its protocol, in a sentence. */
export function isHealthy(dataDir: string, now: number = Date.now()): { healthy: boolean; said: string } {
  const touchedAt = touchTime(heartbeatFile(dataDir));
  if (touchedAt === null) return { healthy: false, said: `No runner has been started in ${dataDir}` };
  const ageMs = now - touchedAt;
  const seconds = Math.max(0, Math.round(ageMs / 1_000));
  const mismatch = readMismatch(dataDir);
  if (ageMs <= staleAfterMs && mismatch !== undefined)
    return { healthy: false, said: `The runner in ${dataDir} gets no work: ${mismatch}` };
  if (ageMs <= staleAfterMs)
    return { healthy: true, said: `The runner in ${dataDir} was well ${seconds} s ago` };
  return {
    healthy: false,
    said: `The runner in ${dataDir} has not been well for ${seconds} s: it has ended, or its main thread hangs`,
  };
}

function touchTime(file: string): number | null {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return null;
  }
}

const fileIn = (dataDir: string) => join(dataDir, 'protocol-mismatch');

/** Leaves in `DATA_DIR` why this runner gets no work, for its health check; null takes the note away. */
export function noteMismatch(dataDir: string, reason: string | null): void {
  if (reason === null) rmSync(fileIn(dataDir), { force: true });
  else writeFileSync(fileIn(dataDir), `${reason}\n`);
}

/** Why the runner that works in `dataDir` gets no work, in a sentence; undefined while it may. */
function readMismatch(dataDir: string): string | undefined {
  return readIfThere(fileIn(dataDir));
}
