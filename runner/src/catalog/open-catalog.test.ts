import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { sampleRecord, testDeps, uuid } from '../../testing/catalog/samples.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { findRecord } from './find-record.ts';
import { openCatalog } from './open-catalog.ts';

describe('openCatalog', () => {
  it('gives the same catalog, with its id, when it is opened again', async () => {
    const path = join(freshFolder(), 'made', 'catalog.db');
    const first = await openCatalog(path, testDeps);
    await commitPerformer(first.forOwner(), { performer: sampleRecord(), images: [] });
    first.close();
    const second = await openCatalog(path, { ...testDeps, newId: () => 'another' });
    expect(second.id).toBe(first.id);
    expect(await findRecord(second, 'stashdb', uuid(1))).not.toBeNull();
    second.close();
  });

  it('refuses a schema from the future and changes nothing', async () => {
    const path = join(freshFolder(), 'catalog.db');
    (await openCatalog(path, testDeps)).close();
    const file = new DatabaseSync(path);
    file.exec("INSERT INTO migrations VALUES (9999, '9999-later.sql', 'then')");
    file.close();
    await expect(openCatalog(path, testDeps)).rejects.toThrow(
      /catalog has schema 9999, and this runner knows schemas up to \d+.*Start that newer runner again/,
    );
  });

  it('says which file is no database', async () => {
    const path = join(freshFolder(), 'catalog.db');
    writeFileSync(path, 'not a database, only some text that is long enough to be one'.repeat(20));
    await expect(openCatalog(path, testDeps)).rejects.toThrow(
      `The catalog ${path} cannot be opened: SQLITE_NOTADB: file is not a database: ${path} is not a SQLite database. Move it away`,
    );
  });

  it.each<[string, (folder: string) => string, RegExp]>([
    [
      'a folder in its place',
      (folder) => {
        mkdirSync(join(folder, 'catalog.db'));
        return join(folder, 'catalog.db');
      },
      /SQLITE_CANTOPEN: unable to open database file: .*catalog\.db cannot be opened by the user with the id \d+\. Its folder/,
    ],
    [
      'a folder that cannot be made',
      (folder) => {
        writeFileSync(join(folder, 'file'), '');
        return join(folder, 'file', 'in', 'catalog.db');
      },
      /ENOTDIR.*, as the user with the id \d+$/,
    ],
    [
      'a damaged file',
      (folder) => {
        const path = join(folder, 'catalog.db');
        const file = new DatabaseSync(path);
        file.exec('CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT, applied_at TEXT) STRICT');
        file.close();
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.fill(0xff, 4_096));
        return path;
      },
      /SQLITE_CORRUPT: database disk image is malformed: .*catalog\.db is damaged\. .*restore a backup/,
    ],
  ])('names %s, the user and what to do', async (_, make, sentence) => {
    const path = make(freshFolder());
    const failed = await openCatalog(path, testDeps).catch((error: unknown) => error);
    if (!(failed instanceof Error)) throw new Error('The catalog was opened');
    expect(failed.message).toMatch(sentence);
    expect(failed.message).toContain(`The catalog ${path} cannot be opened`);
    expect(failed.message.match(/SQLITE_\w+/g)?.length ?? 1).toBe(1);
  });
});
