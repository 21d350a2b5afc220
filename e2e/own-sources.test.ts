import type { RunDetail } from '@trainer/contract/runs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWebServer } from '../runner/testing/start-web-server.ts';
import { type StashBox, startStashBox } from '../runner/testing/stash-box/start-stash-box.ts';
import { demoCacheDir } from './demo/cache-dir.ts';
import { makeWorld } from './demo/make-world.ts';
import { until } from './programs/until.ts';
import { firstOf, openTrainer, type Trainer } from './trainer.ts';
import { downloadVersion, withVersion } from './version-content.ts';

const PEOPLE = 3;
/** Every other picture of a person is at the stash-box, and the rest at the site. */
const isAtBox = (_: string, place: number) => place % 2 === 0;

const MADE_BOX = `id: made-box
title: Made Box
kind: stash-box
address: https://made.example/graphql
domain: made.example
key_variable: MADE_BOX_API_KEY
url_variable: MADE_BOX_URL
defaults: { rate_limit: 6000, concurrency: 8, max_faces: 6 }
`;

const MADE_SITE = `id: made-site
title: Made Site
kind: reference-site
address: https://www.made-site.example
url_variable: MADE_SITE_URL
defaults: { rate_limit: 6000, trust_level: high, max_faces: 6, respect_robots: false }
hosts: [made-site.example]
imageHosts: [www.made-site.example]
transport: { use: direct }
referer: site
addresses:
  - { form: number, match: '^/model/(?<number>\\d+)', page: '/model/{number}', key: '{number}' }
notFound: { otherwise: not_found }
name: { select: h1 }
images:
  - { name: photo, from: [{ select: 'img[src]', attribute: src }] }
caps: { images: 6, pages: 2 }
canaries: { performer: { name: 1, images.photo: 1 } }
`;

/** Real photographs, models and programs: nothing of these sources is known to any release. */
describe('a stash-box and a reference site that an owner has added with one file each', () => {
  let box: StashBox;
  let site: Awaited<ReturnType<typeof startWebServer>>;
  let trainer: Trainer;
  let run: RunDetail;
  const names: string[] = [];

  beforeAll(async () => {
    const { performers, images } = firstOf(await makeWorld(demoCacheDir()), PEOPLE);
    const contents = new Map(images.map(({ id, content }) => [id, content]));
    const people = performers.filter(({ deleted }) => !deleted);
    names.push(...people.map(({ name }) => name));
    box = await startStashBox({
      performers: people.map((person, number) => ({
        ...person,
        images: person.images?.filter(isAtBox),
        urls: [{ site: 'Made Site', url: `https://www.made-site.example/model/${number}` }],
      })),
      images,
    });
    site = await startWebServer(({ url = '' }, response) => {
      const [, kind, name = ''] = url.split('/');
      const person = people[Number(name)];
      if (kind === 'picture') return response.end(contents.get(name));
      if (kind !== 'model' || !person) return response.writeHead(404).end();
      const pictures = (person.images ?? []).filter((id, place) => !isAtBox(id, place));
      response.setHeader('content-type', 'text/html');
      response.end(
        `<h1>${person.name}</h1>${pictures.map((id) => `<img src="https://www.made-site.example/picture/${id}">`).join('')}`,
      );
    });
    trainer = await openTrainer({
      people: 0,
      sources: { 'made-box': MADE_BOX, 'made-site': MADE_SITE },
      runnerEnv: {
        MADE_BOX_URL: box.url,
        MADE_BOX_API_KEY: box.apiKey,
        MADE_SITE_URL: site.origin,
      },
    });
    await until('the runner has announced its sources', async () =>
      (await trainer.call('GET /api/sources')).some(({ id, available }) => id === 'made-site' && available),
    );
    run = await trainer.build({ sources: ['made-site', 'made-box'] });
  });
  afterAll(async () => {
    await trainer?.[Symbol.asyncDispose]();
    await box?.close();
    await site?.[Symbol.asyncDispose]();
  });

  it('are read like any other', () => {
    expect(run, trainer.explain()).toMatchObject({ status: 'completed', performers: PEOPLE });
    expect(run.tasks.map(({ kind, source, status }) => [kind, source, status])).toEqual([
      ['ingest', 'made-box', 'done'],
      ['enrich', 'made-site', 'done'],
      ['publish', null, 'done'],
    ]);
    for (const { source, progress } of run.tasks.slice(0, 2)) {
      expect(progress.faces_added, source ?? '').toBeGreaterThan(0);
    }
  });

  it('give a version with universal ids of their own domain, which can be read back', async () => {
    const [view] = await trainer.call('GET /api/versions');
    if (!view) throw new Error('There is no version');
    const zip = await downloadVersion(trainer.call, view, trainer.dir);
    await withVersion(zip, async (version) => {
      expect(await version.verify()).toEqual([]);
      expect(version.stats()).toMatchObject({ performers: PEOPLE, stashbox_ids: { 'made-box': PEOPLE } });
      for (const name of names) {
        const [found] = version.search(name);
        expect(found?.universal_id).toMatch(/^made\.example:[0-9a-f-]{36}$/);
        expect(version.performerByUniversalId(found?.universal_id ?? '')?.canonical_name).toBe(name);
        const { faces = [] } = version.performerWithFaces(found?.id ?? 0) ?? {};
        expect(new Set(faces.map(({ source_endpoint }) => source_endpoint))).toEqual(
          new Set(['made-box', 'made-site']),
        );
      }
    });
  });

  it('keep their key to themselves', () => {
    expect(box.apiKey.length).toBeGreaterThan(0);
    expect(trainer.runner().output()).not.toContain(box.apiKey);
  });
});
