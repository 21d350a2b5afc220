import { shippedSource, shippedSources } from '@trainer/contract/shipped-sources';
import { type ReferenceMode, referenceModes, type SourceId } from '@trainer/contract/sources';
import { uuid } from '../../testing/catalog/samples.ts';
import { picture } from '../../testing/fake-face-engine.ts';
import { crowdOf } from '../../testing/pipeline/enrich-world.ts';
import { personOf } from '../../testing/sites/crowd.ts';
import { startStash } from '../../testing/stash/start-stash.ts';
import { measure, type Row } from './measure.ts';

/** Every reference site in every mode that it has. By name, a tenth of the people are not there. */
export async function measureSites(people: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const id of shippedSources.filter(({ protocol }) => protocol === 'page').map(({ id }) => id)) {
    for (const mode of referenceModes.filter((each) => shippedSource(id)?.modes.includes(each)))
      rows.push(await measureSite(id, mode, people));
  }
  return rows;
}

async function measureSite(site: SourceId, mode: ReferenceMode, people: number): Promise<Row> {
  await using crowd = await crowdOf({
    people,
    sites: [site],
    isOn: (number) => mode === 'url' || number % 10 !== 0,
  });
  return await measure(crowd, crowd.begin(), site, { mode }, mode);
}

/** The owner's own library, which knows half of the people by their StashDB ids. */
export async function measureStash(people: number): Promise<Row> {
  const performers = Array.from({ length: people / 2 }, (_, i) => {
    const { name, number } = personOf(i + 1);
    return {
      id: String(i + 1),
      name,
      stash_ids: [{ endpoint: 'https://stashdb.org/graphql', stash_id: uuid(number) }],
      updatedAtS: 1_700_000_000,
      picture: picture({ faces: [{ person: name }], note: 'of the library' }),
    };
  });
  await using server = await startStash({ performers });
  await using crowd = await crowdOf({ people, sites: [] });
  const variables: Record<string, string> = { STASH_URL: server.url, STASH_API_KEY: server.apiKey };
  const run = crowd.begin(crowd.registry({ settings: (name) => variables[name] }));
  return await measure(crowd, run, 'stash');
}
