import { expect, it } from 'vitest';
import { freshCatalog } from '../../../testing/catalog/fresh-catalog.ts';
import { sampleRecord, uuid } from '../../../testing/catalog/samples.ts';
import { resourceOf } from '../../../testing/theporndb/resource.ts';
import { findRecord } from '../../catalog/find-record.ts';
import { commitPerformer } from '../../commit/commit-performer.ts';
import { readPerformer } from './read-performer.ts';

it('is one performer with the one at StashDB that its link names, whichever came first', async () => {
  const catalog = await freshCatalog();
  const links = (number: number) => ({ StashDB: `https://stashdb.org/performers/${uuid(number)}` });
  const commit = async (input: Record<string, unknown> & { name: string }) => {
    const row = readPerformer(resourceOf(input));
    if (!('performer' in row)) throw new Error(row.reason);
    await commitPerformer(catalog, { performer: row.performer.record, images: [] });
    return findRecord(catalog, 'theporndb', row.performer.record.remoteId);
  };
  const atStashDb = async (number: number) => {
    await commitPerformer(catalog, {
      performer: sampleRecord({ remoteId: uuid(number), urls: [] }),
      images: [],
    });
    return findRecord(catalog, 'stashdb', uuid(number));
  };
  const first = await atStashDb(1);
  const second = await commit({ name: 'Ada', extras: { links: links(1) } });
  expect(second?.performerId).toBe(first?.performerId);
  const third = await commit({
    name: 'Bo',
    extras: { links: [{ url: links(2).StashDB, platform: 'StashDB' }] },
  });
  expect((await atStashDb(2))?.performerId).toBe(third?.performerId);
  expect(third?.performerId).not.toBe(first?.performerId);
  catalog.close();
});
