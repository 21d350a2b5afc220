import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder under the system's temp folder, gone when the test file is through. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainer-'));
  folders.push(folder);
  return folder;
}
