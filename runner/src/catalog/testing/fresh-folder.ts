import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Catalog, WritableCatalog } from '../catalog.ts';
import { openCatalog } from '../open-catalog.ts';
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

/** A catalog to do anything with. */
export type FreshCatalog = Catalog & WritableCatalog;

/** An empty catalog, in the file `catalog.db` of a folder of its own. */
export async function freshCatalog(folder = freshFolder()): Promise<FreshCatalog> {
  const catalog = await openCatalog(join(folder, 'catalog.db'), testDeps);
  return { ...catalog, ...catalog.forOwner() };
}
