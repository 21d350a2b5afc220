// Runs in the project served-catalog too.
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { catalogStats } from '../catalog/catalog-stats.ts';
import { readCursor } from '../catalog/task-state.ts';
import { write } from '../catalog/writer.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { renewRecords } from './renew-records.ts';

describe('renewRecords', () => {
  it('looks at the records of an earlier runner anew, and at those of this one not again', async () => {
    const catalog = await freshCatalog();
    await renewRecords(catalog);
    await commitPerformer(catalog, { performer: sampleRecord(), images: [] });
    await commitPerformer(catalog, {
      performer: sampleRecord({ endpoint: 'pmvstash', remoteId: uuid(2) }),
      images: [],
    });
    // As an earlier runner left it: two performers, no names to look up, an address without a key.
    const other = sql`INSERT INTO performers (origin_endpoint, origin_id, created_at) VALUES ('pmvstash', ${uuid(2)}, '')`;
    const part = sql`UPDATE performer_records SET performer_id = (SELECT max(id) FROM performers) WHERE endpoint = 'pmvstash'`;
    const forget = sql`UPDATE urls SET site = NULL, site_id = NULL`;
    await write(catalog, [other, part, forget, sql`DELETE FROM record_names`]);
    const performers = async () => (await catalogStats(catalog)).performers;

    await renewRecords(catalog);
    expect(await performers()).toBe(2);
    await write(catalog, [sql`DELETE FROM cursors WHERE source = 'identity'`]);
    await renewRecords(catalog);
    expect(await performers()).toBe(1);
    expect(await readCursor(catalog, 'identity')).toMatchObject({ rules: 2 });
    catalog.close();
  });

  it('gives addresses the keys of today where an earlier rule gave them others', async () => {
    const catalog = await freshCatalog();
    await renewRecords(catalog);
    await commitPerformer(catalog, {
      performer: sampleRecord({ urls: ['https://x.com/@@Some_Name'] }),
      images: [],
    });
    await write(catalog, [
      sql`UPDATE urls SET site_id = '@some_name'`,
      sql`UPDATE cursors SET value = '{"rules":1}' WHERE source = 'identity'`,
    ]);
    await renewRecords(catalog);
    expect(await catalog.db.all(sql`SELECT site, site_id AS id FROM urls`)).toEqual([
      { site: 'twitter', id: 'some_name' },
    ]);
    catalog.close();
  });
});
