// Runs in the project served-catalog too.
import { explanationSchema } from '@trainer/contract/questions';
import { describe, expect, it } from 'vitest';
import { freshCatalog } from '../../testing/catalog/fresh-catalog.ts';
import {
  clusterVector,
  PACK,
  sampleFace,
  sampleImage,
  sampleRecord,
  uuid,
} from '../../testing/catalog/samples.ts';
import { commitPerformer } from '../commit/commit-performer.ts';
import { mergeRecords, removeRecord } from '../commit/remove-performer.ts';
import { loadPack } from '../models/load-pack.ts';
import { refreshIdentity } from '../reconcile/reconcile.ts';
import { explainPerformer } from './explain-performer.ts';

async function filled() {
  const catalog = await freshCatalog();
  const nothing = { country: null, aliases: [], urls: [] };
  const link = { urls: [`https://stashdb.org/performers/${uuid(1)}`] };
  const accepted = sampleImage('https://b/full.jpg', [
    sampleFace(clusterVector(1, 1), { reason: 'matched_existing', distance: 0.21 }),
  ]);
  await commitPerformer(catalog, {
    performer: sampleRecord({ ...nothing, name: 'Ada Bee', birthDate: '1990' }),
    images: [sampleImage('https://a/1.jpg', [], { reason: 'no_face' })],
    cursor: { source: 'stashdb:metadata', value: {} },
  });
  const performer = await commitPerformer(catalog, {
    performer: sampleRecord({ endpoint: 'pmvstash', remoteId: uuid(2), ...nothing, name: 'Ada', ...link }),
    images: [],
  });
  const page = { source: 'babepedia', pageUrl: 'https://b/babe/Ada', rule: 'the address that stashdb gives' };
  await commitPerformer(catalog, { performer, images: [{ ...accepted, ...page }] });
  await commitPerformer(catalog, {
    performer: sampleRecord({
      endpoint: 'fansdb',
      remoteId: uuid(3),
      ...nothing,
      ...link,
      birthDate: '1960',
    }),
    images: [],
  });
  return catalog;
}

describe('explainPerformer', () => {
  it.each([
    `stashdb.org:${uuid(1)}`,
    `pmvstash:${uuid(2)}`,
    uuid(1).toUpperCase(),
    'áda  BEE',
    `https://stashdb.org/performers/${uuid(1)}`,
  ])('says of %s where every link and face comes from, and what was not followed', async (about) => {
    const catalog = await filled();
    const explanation = explanationSchema.parse(await explainPerformer(catalog, about));
    const own = explanation.performers.find(({ name }) => name === 'Ada Bee');
    expect(own).toMatchObject({
      ids: [`stashdb.org:${uuid(1)}`, `pmvstash.org:${uuid(2)}`],
      links: [
        {
          to: `pmvstash.org:${uuid(2)}`,
          url: `https://pmvstash.org/performers/${uuid(2)}`,
          rule: `one gives the address of the other at its stash-box: stashdb/${uuid(1)}`,
        },
      ],
      faces: [
        {
          source: 'babepedia',
          page_url: 'https://b/babe/Ada',
          image_url: 'https://b/full.jpg',
          rule: 'the address that stashdb gives; it matches a face that the performer had already',
          distance: 0.21,
        },
      ],
    });
    expect(explanation.attempts.map(({ what, why_not }) => `${what}: ${why_not}`)).toEqual(
      expect.arrayContaining([
        `being one with fansdb.cc:${uuid(3)}: they share evidence, and their birth dates are years apart`,
        'an image: no face was found in it',
      ]),
    );
    catalog.close();
  });

  it('says of somebody absent what was tried, and what else keeps them out', async () => {
    const catalog = await filled();
    const kept = { source: 'exclusions', what: 'taking in', why_not: 'excluded', url: null, at: null };
    const explanation = await explainPerformer(catalog, 'Nobody Known', {
      findExclusions: async () => [kept],
    });
    expect(explanationSchema.parse(explanation)).toMatchObject({
      performers: [],
      attempts: [kept, { source: 'stashdb', why_not: 'nobody among the 1 that the catalog has from there' }],
      summary: 'Nobody in the catalog has the id, address or name “Nobody Known”.',
    });
    catalog.close();
  });

  it('says of somebody deleted or merged what became of the record', async () => {
    const catalog = await filled();
    await removeRecord(catalog, 'fansdb', uuid(3));
    expect((await explainPerformer(catalog, uuid(3))).summary).toBe(
      'Ada Example was in the catalog: its source has deleted it.',
    );
    await mergeRecords(catalog, 'stashdb', uuid(1), uuid(9));
    await commitPerformer(catalog, {
      performer: sampleRecord({ remoteId: uuid(9), name: 'Ada Nine', urls: [], aliases: [] }),
      images: [],
    });
    const { summary, performers } = await explainPerformer(catalog, `stashdb:${uuid(1)}`);
    expect(summary).toMatch(/^Ada Nine is one performer .*That id was merged into this one\.$/);
    expect(performers).toHaveLength(1);
    catalog.close();
  });

  it('says why a face is held back', async () => {
    const catalog = await freshCatalog();
    const { matching } = loadPack('stash-sense');
    const images = (number: number, people: number[]) =>
      people.map((person, i) =>
        sampleImage(`https://a/${number}/${i}`, [sampleFace(clusterVector(person, number * 10 + i))]),
      );
    const plain = { urls: [], aliases: [], country: null };
    await commitPerformer(catalog, { performer: sampleRecord({ ...plain }), images: images(1, [1, 1, 2]) });
    const other = sampleRecord({ remoteId: uuid(2), name: 'Bo', ...plain });
    await commitPerformer(catalog, { performer: other, images: images(2, [2, 2]) });
    await refreshIdentity(catalog, { pack: PACK, matching });
    const { attempts } = await explainPerformer(catalog, 'Ada Example');
    expect(attempts).toMatchObject([
      {
        what: 'an image',
        why_not: 'it is nearer to another performer than to its own: held back until somebody decides',
      },
    ]);
    catalog.close();
  });
});
