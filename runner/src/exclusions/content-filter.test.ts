// Runs in the project served-catalog too.
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import { sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import { anExclusion } from '../../testing/exclusions/an-exclusion.ts';
import type { CatalogWriter } from '../catalog/writer.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { contentFilter } from '../publish/publish.ts';
import { type SelectedPerformer, selectPerformers } from '../versions/select-content.ts';
import type { Guard } from './guard.ts';
import { openGuard } from './open-guard.ts';

async function selected(catalog: CatalogWriter, guard: Guard): Promise<SelectedPerformer[]> {
  const performers: SelectedPerformer[] = [];
  for await (const page of selectPerformers(catalog, contentFilter(guard, catalog.sources)))
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
    const guard = await openGuard(catalog, async () => [], new AbortController().signal);
    const performers = await selected(catalog, guard);
    const told = performers.flatMap(({ records }) =>
      records.map(({ endpoint, aliases }) => [endpoint, ...aliases]),
    );
    expect(told).toEqual([['stashdb', 'Known', 'Both']]);
    catalog.close();
  });

  it('is nobody whom the guard would not let in, however they came there', async () => {
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
    const guard = await openGuard(catalog, async () => [ada], new AbortController().signal);
    const performers = await selected(catalog, guard);
    expect(performers.map(({ records }) => records[0]?.name)).toEqual(['Bo Example']);
    catalog.close();
  });
});
