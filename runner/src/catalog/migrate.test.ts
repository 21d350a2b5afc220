import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { numberOf } from '@trainer/libsql/migrate';
import { declaredShapes, storedShapes } from '@trainer/testing/table-shapes';
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { testDeps, uuid } from '../../testing/catalog/samples.ts';
import { findRecord } from './find-record.ts';
import { readMigrations } from './migrate.ts';
import { openCatalog } from './open-catalog.ts';
import * as exclusionTables from './schema/exclusions.ts';
import * as identityTables from './schema/identity.ts';
import * as imageTables from './schema/images.ts';
import * as lookUpTables from './schema/look-ups.ts';
import * as performerTables from './schema/performers.ts';
import * as taskTables from './schema/tasks.ts';

/** A catalog as an earlier program left it. */
function earlierCatalog(schema: number): string {
  const path = join(freshFolder(), 'catalog.db');
  const file = new DatabaseSync(path);
  file.exec(readFileSync(new URL(`../../testing/catalog/schema-${schema}.sql`, import.meta.url), 'utf8'));
  file.close();
  return path;
}

/** What the file has by way of tables, indexes and triggers; the spaces in their texts do not count. */
function schemaOf(path: string): string[] {
  const file = new DatabaseSync(path);
  const rows = file
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all();
  file.close();
  return rows.map(({ sql }) => String(sql).replaceAll(/\s+/g, ' ')).sort();
}

function namesIn(path: string): unknown[] {
  const file = new DatabaseSync(path);
  const rows = file.prepare('SELECT name, applied_at FROM migrations ORDER BY number').all();
  file.close();
  return rows.map(({ name, applied_at }) => [name, applied_at]);
}

describe('the migrations of the catalog', () => {
  it('are numbered one by one, and named as those of the control plane are', async () => {
    const migrations = await readMigrations();
    expect(migrations.map(numberOf)).toEqual(migrations.map((_, index) => index + 1));
    for (const { name } of migrations) expect(name).toMatch(/^\d{4}_[a-z0-9-]+\.sql$/);
  });

  it('make the tables that the code declares, and no others, with all of their columns, keys and indexes', async () => {
    const catalog = await freshCatalog();
    const declared = {
      ...performerTables,
      ...imageTables,
      ...taskTables,
      ...identityTables,
      ...exclusionTables,
      ...lookUpTables,
    };
    expect(await storedShapes(catalog.client)).toEqual(declaredShapes(declared));
    catalog.close();
  });

  it.each([5, 8])(
    'bring a catalog of schema %i, made by an earlier program, to this one’s',
    async (schema) => {
      const path = earlierCatalog(schema);
      const before = namesIn(path);
      const catalog = await openCatalog(path, testDeps);
      expect(catalog.id).toBe('22222222-2222-4222-8222-222222222222');
      expect(await findRecord(catalog, 'stashdb', uuid(1))).toMatchObject({ performerId: 1 });
      const { rows } = await catalog.client.execute('SELECT failing_since FROM images');
      expect(rows).toMatchObject([{ failing_since: schema < 7 ? '2026-02-01T00:00:00.000Z' : null }]);
      catalog.close();

      const fresh = join(freshFolder(), 'catalog.db');
      (await openCatalog(fresh, testDeps)).close();
      expect(schemaOf(path)).toEqual(schemaOf(fresh));
      // What was applied before stays under the name that the file had then.
      expect(namesIn(path)).toEqual([...before, ...namesIn(fresh).slice(before.length)]);
    },
  );
});
