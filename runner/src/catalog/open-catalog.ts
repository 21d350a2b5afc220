import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { libsqlClient } from '@trainer/shared/libsql';
import { type Catalog, type CatalogDeps, createCatalog } from './catalog.ts';

/**
 * Opens the catalog in a file, and makes it when it is not there.
 * @throws Error when the file's schema is newer than this program, or when it is no database.
 */
export async function openCatalog(path: string, deps: CatalogDeps): Promise<Catalog> {
  mkdirSync(dirname(path), { recursive: true });
  const handle = new DatabaseSync(path, { timeout: 0 });
  try {
    prepareFile(handle);
    return await createCatalog(libsqlClient(handle, deps.sleep), deps);
  } catch (cause) {
    handle.close();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The catalog ${path} cannot be opened: ${why}`, { cause });
  }
}

/**
 * Every commit is forced to disk (FULL): with one transaction per performer that costs little, and a label that
 * a published version carries must not be forgotten by a power cut, or somebody else would get it. What is deleted
 * is overwritten with zeros: an excluded person's faces must not stay in free pages.
 */
function prepareFile(handle: DatabaseSync): void {
  handle.exec('PRAGMA journal_mode = WAL');
  handle.exec('PRAGMA synchronous = FULL');
  handle.exec('PRAGMA foreign_keys = ON');
  handle.exec('PRAGMA secure_delete = ON');
}
