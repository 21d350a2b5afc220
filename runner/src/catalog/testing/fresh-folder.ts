import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Catalog, openCatalog } from '../open-catalog.ts';
import { testDeps } from './samples.ts';

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

/** An empty catalog in a file of its own. */
export function freshCatalog(): Promise<Catalog> {
  return openCatalog(join(freshFolder(), 'catalog.db'), testDeps);
}
