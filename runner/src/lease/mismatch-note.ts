import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from './read-if-there.ts';

const fileIn = (dataDir: string) => join(dataDir, 'protocol-mismatch');

/** Leaves in `DATA_DIR` why this runner gets no work, for its health check; null takes the note away. */
export function noteMismatch(dataDir: string, reason: string | null): void {
  if (reason === null) rmSync(fileIn(dataDir), { force: true });
  else writeFileSync(fileIn(dataDir), `${reason}\n`);
}

/** Why the runner that works in `dataDir` gets no work, in a sentence; undefined while it may. */
export function readMismatch(dataDir: string): string | undefined {
  return readIfThere(fileIn(dataDir));
}
