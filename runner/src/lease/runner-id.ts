import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safeName } from '@trainer/contract/primitives';
import { readIfThere } from './read-if-there.ts';

/** This runner's id, made at its first start and kept in `DATA_DIR`. Call it with the folder locked. */
export function runnerId(dataDir: string): string {
  const file = join(dataDir, 'runner-id');
  const kept = safeName.safeParse(readIfThere(file));
  if (kept.success) return kept.data;
  const id = randomUUID();
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, `${id}\n`);
  return id;
}
