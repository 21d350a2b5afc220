import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as elapsed } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { SourceId } from '@trainer/contract/sources';
import { picture } from '../fake-face-engine.ts';
import { uuidOf } from '../stash-box/performer.ts';
import { startStashBox } from '../stash-box/start-stash-box.ts';
import { crowdOf } from './enrich-world.ts';

const sites: SourceId[] = ['afdb', 'babepedia'];

/** What a catalog holds in the end, with the requests that it took. */
export interface Gathered {
  performers: unknown[];
  /** Performer, source and number of accepted faces. */
  faces: unknown[];
  lookUps: unknown[];
  requests: number;
}

/**
 * Brings people of a stash-box into an empty catalog while two sites are asked about them, in a process that is killed (SIGKILL)
 * whenever this many more requests have been counted, and begun again until it comes to its end.
 */
export async function gatherSideBySide(people: number, kills: readonly number[]): Promise<Gathered> {
  await using crowd = await crowdOf({ people, sites, isFilled: false, shape: { pictures: 2 } });
  const box = await startStashBox({
    performers: crowd.people.map(({ name, birthYear }, i) => ({
      name,
      birth_date: String(birthYear),
      gender: 'FEMALE',
      created: new Date('2020-01-01'),
      images: [uuidOf(name)],
      urls: sites.map((site) => ({ url: crowd.worlds.get(site)?.get(i + 1)?.storedUrl ?? '', site })),
    })),
    images: crowd.people.map(({ name }) => ({
      id: uuidOf(name),
      width: 600,
      height: 900,
      content: picture({ faces: [{ person: name }], note: 'portrait' }),
    })),
  });
  const requests = () =>
    box.requests.count() + [...crowd.sites.values()].reduce((sum, site) => sum + site.asked.length, 0);
  const argument = {
    ...crowd.place,
    settings: { ...crowd.place.settings, STASHDB_URL: box.url, STASHDB_API_KEY: box.apiKey },
    sites,
    boxes: ['stashdb'],
  };
  try {
    for (const more of [...kills, Number.POSITIVE_INFINITY]) {
      await runUntil(argument, requests() + more, requests);
    }
    const { client } = crowd.catalog;
    const rows = async (query: string) => (await client.execute(query)).rows.map((row) => ({ ...row }));
    return {
      performers: await rows('SELECT name, remote_id FROM performer_records ORDER BY name'),
      faces: await rows(`SELECT name, source, count(*) AS faces FROM performer_records
        JOIN images USING (performer_id) JOIN faces ON faces.image_id = images.id
        WHERE accepted = 1 GROUP BY name, source ORDER BY name, source`),
      lookUps: await rows(`SELECT name, source, outcome FROM performer_records
        JOIN look_ups USING (performer_id) ORDER BY name, source`),
      requests: requests(),
    };
  } finally {
    await box.close();
  }
}

async function runUntil(argument: object, killAt: number, requests: () => number): Promise<void> {
  const script = fileURLToPath(new URL('./enrich-until-killed.ts', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(argument)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = once(child, 'exit');
  while (requests() < killAt && child.exitCode === null) await elapsed(1);
  if (child.exitCode === null) child.kill('SIGKILL');
  const [code] = await ended;
  if (code) throw new Error(`gathering ended with exit code ${code}`);
}
