// Runs in the project served-catalog too.
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { anExclusion } from '../../testing/exclusions/an-exclusion.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { contentFilter } from '../publish/publish.ts';
import { type SelectedPerformer, selectPerformers } from '../versions/select-content.ts';
import type { ExclusionFilter } from './exclusion-filter.ts';
import { openExclusionFilter } from './open-exclusion-filter.ts';

async function selected(
  catalog: CatalogWriter,
  exclusionFilter: ExclusionFilter,
): Promise<SelectedPerformer[]> {
  const performers: SelectedPerformer[] = [];
  for await (const page of selectPerformers(catalog, contentFilter(exclusionFilter, catalog.sources)))
    performers.push(...page);
  return performers;
}

describe('what may be in a version', () => {
  it('is the word of sources that create performers: aliases of others only when a stash-box lists them too', async () => {
    const catalog = await freshCatalog();
    const stashdb = `https://stashdb.org/performers/${uuid(1)}`;
    await commitPerformer(catalog, {
      performer: sampleRecord({
        aliases: ['Known', 'Both'],
        urls: ['https://www.iafd.com/person.rme/perfid=ada'],
      }),
      images: [],
    });
    for (const endpoint of ['iafd', 'stash']) {
      await commitPerformer(catalog, {
        performer: sampleRecord({
          endpoint,
          remoteId: 'ada',
          aliases: ['both', 'Elsewhere'],
          urls: [stashdb],
        }),
        images: [],
      });
    }
    await commitPerformer(catalog, {
      performer: sampleRecord({ endpoint: 'freeones', remoteId: 'somebody', name: 'Only There', urls: [] }),
      images: [],
    });
    const exclusionFilter = await openExclusionFilter(catalog, async () => [], new AbortController().signal);
    const performers = await selected(catalog, exclusionFilter);
    const told = performers.flatMap(({ records }) =>
      records.map(({ endpoint, aliases }) => [endpoint, ...aliases]),
    );
    expect(told).toEqual([['stashdb', 'Known', 'Both']]);
    catalog.close();
  });

  it('has nobody whom the exclusion filter refuses, however their record was stored', async () => {
    const catalog = await freshCatalog();
    const people = [
      { name: 'Ada Example' },
      { name: 'Young One', birthDate: '2012' },
      { name: 'Bo Example' },
    ];
    for (const [i, person] of people.entries()) {
      const performer = sampleRecord({ remoteId: uuid(i + 1), urls: [], aliases: [], ...person });
      await commitPerformer(catalog, { performer, images: [] });
    }
    const ada = anExclusion(1, { kind: 'name', value: { name: 'Ada Example', birth_year: 1990 } });
    const exclusionFilter = await openExclusionFilter(
      catalog,
      async () => [ada],
      new AbortController().signal,
    );
    const performers = await selected(catalog, exclusionFilter);
    expect(performers.map(({ records }) => records[0]?.name)).toEqual(['Bo Example']);
    catalog.close();
  });
});
