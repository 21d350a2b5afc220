// Runs in the project served-catalog too.
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { anExclusion, takenBack } from '../../testing/exclusions/an-exclusion.ts';
import { findRecord } from '../catalog/find-record.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import type { ExclusionFilter } from './exclusion-filter.ts';
import { openExclusionFilter } from './open-exclusion-filter.ts';

const never = new AbortController().signal;
const filterOf = (
  catalog: CatalogWriter,
  ...exclusions: ReturnType<typeof anExclusion>[]
): Promise<ExclusionFilter> => openExclusionFilter(catalog, async () => exclusions, never);
const byId = (id: number, number = 1) =>
  anExclusion(id, { kind: 'stash_box_id', value: { endpoint: 'stashdb', id: uuid(number) } });

const plain = { urls: [], aliases: [], birthDate: null, country: null };
const record = (number: number, changes: Partial<PerformerRecord> = {}) =>
  sampleRecord({ ...plain, name: `Person ${number}`, remoteId: uuid(number), ...changes });

/** Passes a record to the exclusion filter as the pipeline does: it is refused, or committed. */
async function meet(
  exclusionFilter: ExclusionFilter,
  catalog: CatalogWriter,
  seen: PerformerRecord,
): Promise<string | null> {
  const refusal = await exclusionFilter.refusalOf(seen);
  if (refusal) await exclusionFilter.refuse(seen, refusal);
  else {
    await exclusionFilter.unblock(seen.endpoint, seen.remoteId);
    await commitPerformer(catalog, { performer: seen, images: [] });
  }
  return refusal?.cause ?? null;
}

describe('an exclusion', () => {
  it.each<[string, Parameters<typeof anExclusion>[1], Partial<PerformerRecord>]>([
    ['id', { kind: 'stash_box_id', value: { endpoint: 'stashdb', id: uuid(1) } }, {}],
    [
      'a merged id',
      { kind: 'stash_box_id', value: { endpoint: 'stashdb', id: uuid(9) } },
      { mergedIds: [uuid(9)] },
    ],
    [
      'its page at another stash-box',
      { kind: 'stash_box_id', value: { endpoint: 'fansdb', id: uuid(7) } },
      { urls: [`https://fansdb.cc/performers/${uuid(7)}`] },
    ],
    [
      'the address of its own page',
      { kind: 'url', value: { url: `https://www.stashdb.org/performers/${uuid(1)}?edits=1` } },
      {},
    ],
    [
      'another spelling of an address',
      { kind: 'url', value: { url: 'http://m.iafd.com/person.rme/perfid=ADA/gender=f/ada.htm' } },
      { urls: ['https://www.iafd.com/person.rme/perfid=ada'] },
    ],
    [
      'a page of a site without a rule',
      { kind: 'url', value: { url: 'https://linktr.ee/ada/' } },
      { urls: ['https://www.linktr.ee/Ada'] },
    ],
    [
      'name and birth year',
      { kind: 'name', value: { name: 'ADA  Éxample', birth_year: 1990 } },
      { name: 'Ada Example', birthDate: '1990-02' },
    ],
    [
      'alias and birth year',
      { kind: 'name', value: { name: 'Ada E.', birth_year: 1990 } },
      { aliases: ['ada e'], birthDate: '1990' },
    ],
  ])('by %s keeps a record out', async (_, exclusion, changes) => {
    const catalog = await freshCatalog();
    const exclusionFilter = await filterOf(catalog, anExclusion(5, exclusion));
    const refusal = await exclusionFilter.refusalOf(record(1, changes));
    expect(refusal).toEqual({ cause: 'excluded:5', reason: 'excluded', isCertain: true });
    expect(await exclusionFilter.refusalOf(record(2))).toBeNull();
    catalog.close();
  });

  it('by name does not mean namesakes of another year, or of none', async () => {
    const catalog = await freshCatalog();
    const name = anExclusion(1, { kind: 'name', value: { name: 'Ada Example', birth_year: 1990 } });
    const exclusionFilter = await filterOf(catalog, name);
    expect(await exclusionFilter.refusalOf(record(1, { name: 'Ada Example', birthDate: '1991' }))).toBeNull();
    expect(await exclusionFilter.refusalOf(record(1, { name: 'Ada Example' }))).toBeNull();
    catalog.close();
  });

  it('keeps out what other sources say about the person, by ids and addresses that link records', async () => {
    const catalog = await freshCatalog();
    const exclusionFilter = await filterOf(catalog, byId(1));
    const iafd = 'https://www.iafd.com/person.rme/perfid=ada';
    await meet(
      exclusionFilter,
      catalog,
      record(1, { urls: [iafd, `https://fansdb.cc/performers/${uuid(70)}`] }),
    );
    const later = await filterOf(catalog, byId(1));
    const other = (number: number, urls: string[]) => record(number, { endpoint: 'fansdb', urls });
    expect(await meet(later, catalog, other(70, []))).toBe('excluded:1');
    expect(await meet(later, catalog, other(71, [iafd]))).toBe('excluded:1');
    expect(await meet(later, catalog, other(72, [`https://stashdb.org/performers/${uuid(1)}`]))).toBe(
      'excluded:1',
    );
    expect(await meet(later, catalog, other(73, ['https://www.iafd.com/person.rme/perfid=bo']))).toBeNull();
    catalog.close();
  });

  it('does not spread over an address that a stash-box gives to two performers', async () => {
    const catalog = await freshCatalog();
    const exclusionFilter = await filterOf(catalog, byId(1));
    const agency = ['https://twitter.com/agency'];
    await meet(exclusionFilter, catalog, record(1, { urls: agency }));
    expect(await meet(exclusionFilter, catalog, record(2, { urls: agency }))).toBeNull();
    expect(await meet(exclusionFilter, catalog, record(3, { endpoint: 'fansdb', urls: agency }))).toBe(
      'excluded:1',
    );
    // Refused for the address alone, so nothing else of it is held against others.
    expect(await meet(exclusionFilter, catalog, record(3, { endpoint: 'pmvstash' }))).toBeNull();
    catalog.close();
  });

  it('by address finds a performer whose page is met by name alone', async () => {
    const catalog = await freshCatalog();
    const page = 'https://www.babepedia.com/babe/Person_1';
    const exclusionFilter = await filterOf(catalog, anExclusion(6, { kind: 'url', value: { url: page } }));
    const known = await commitPerformer(catalog, { performer: record(1), images: [] });
    expect(await exclusionFilter.refusalOfKnown(known)).toBeNull();
    const refusal = await exclusionFilter.refusalOfKnown(known, [page]);
    expect(refusal).toEqual({ cause: 'excluded:6', reason: 'excluded', isCertain: true });
    if (refusal) await exclusionFilter.refuseKnown(known, refusal);
    expect(await findRecord(catalog, 'stashdb', uuid(1))).toBeNull();
    // From now on by its id, which nobody had named.
    expect(
      await meet(
        await filterOf(catalog, anExclusion(6, { kind: 'url', value: { url: page } })),
        catalog,
        record(1),
      ),
    ).toBe('excluded:6');
    catalog.close();
  });

  it('that is taken back lets everybody in again', async () => {
    const catalog = await freshCatalog();
    const exclusionFilter = await filterOf(catalog, byId(1));
    await meet(exclusionFilter, catalog, record(1, { mergedIds: [uuid(4)] }));
    const later = await filterOf(catalog, takenBack(byId(1)), byId(2, 8));
    expect(await meet(later, catalog, record(1))).toBeNull();
    expect(await meet(later, catalog, record(4))).toBeNull();
    expect(await meet(later, catalog, record(8))).toBe('excluded:2');
    catalog.close();
  });

  it('that came after a task had read its list stays for those who know it', async () => {
    const catalog = await freshCatalog();
    const newer = await filterOf(catalog, byId(1), byId(2, 8));
    await meet(newer, catalog, record(8, { mergedIds: [uuid(9)] }));
    await filterOf(catalog, byId(1));
    expect(await meet(await filterOf(catalog, byId(1), byId(2, 8)), catalog, record(9))).toBe('excluded:2');
    catalog.close();
  });

  it('leaves nothing readable behind', async () => {
    const catalog = await freshCatalog();
    const exclusionFilter = await filterOf(catalog, byId(1));
    await meet(
      exclusionFilter,
      catalog,
      record(1, { name: 'Very Private', urls: ['https://twitter.com/veryprivate'] }),
    );
    const { rows } = await catalog.client.execute('SELECT * FROM barred_keys');
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(rows)).not.toMatch(/private|0000-/i);
    catalog.close();
  });
});

describe('age', () => {
  it('drops a performer with a reason, and who it is elsewhere, until the date is mended', async () => {
    const catalog = await freshCatalog();
    const exclusionFilter = await filterOf(catalog);
    const elsewhere = record(50, { endpoint: 'fansdb', urls: [`https://stashdb.org/performers/${uuid(1)}`] });
    await meet(exclusionFilter, catalog, elsewhere);
    const young = await exclusionFilter.refusalOf(record(1, { birthDate: '2010', careerStartYear: null }));
    expect(young).toMatchObject({ reason: 'under_age' });
    expect(
      await meet(exclusionFilter, catalog, record(1, { birthDate: '1995', careerStartYear: 2010 })),
    ).toMatch(/^under_age_at_start:[0-9a-f]{64}$/);
    const later = await filterOf(catalog);
    expect(await meet(later, catalog, elsewhere)).toMatch(/^under_age_at_start:/);
    expect(await findRecord(catalog, 'fansdb', uuid(50))).toBeNull();
    expect(await meet(later, catalog, record(1, { birthDate: '1985', careerStartYear: 2010 }))).toBeNull();
    expect(await meet(await filterOf(catalog), catalog, elsewhere)).toBeNull();
    catalog.close();
  });
});
