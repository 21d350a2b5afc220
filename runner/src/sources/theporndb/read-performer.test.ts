import { describe, expect, it } from 'vitest';
import { resourceOf } from '../../../testing/theporndb/resource.ts';
import type { ListedPerformer } from '../base/source.ts';
import { readPerformer } from './read-performer.ts';

function read(input: Record<string, unknown>): ListedPerformer {
  const row = readPerformer(resourceOf({ name: 'Ada Example', ...input }));
  if (!('performer' in row)) throw new Error(row.reason);
  return row.performer;
}

const urlsOf = (input: Record<string, unknown>) => read(input).images.map(({ url }) => url);
const ADA = 'https://theporndb.net/performers/ada-example';
const CDN = 'https://cdn.theporndb.net';

describe('a performer of ThePornDB', () => {
  it('is read with all its facts in the words of stash-boxes', () => {
    const extras = {
      gender: 'Trans Female',
      birthday: '1990-05-04',
      deathday: '2024-01-02T00:00:00Z',
      nationality: 'Netherlands',
      birthplace_code: 'BE',
      ethnicity: 'Latina',
      hair_colour: 'Blond',
      eye_colour: 'gray',
      height: '160cm',
      weight: '50kg',
      tattoos: 'Left wrist; right ankle',
      piercings: 'None',
      career_start_year: 2012,
      career_end_year: '2019',
      links: { StashDB: 'https://stashdb.org/performers/8c5e3b3e-0000-4000-8000-000000000001', IAFD: null },
    };
    const { record } = read({ id: 'AB-1', disambiguation: ' the first ', aliases: ['Ada X'], extras });
    expect(record).toEqual({
      endpoint: 'theporndb',
      remoteId: 'AB-1',
      name: 'Ada Example',
      disambiguation: 'the first',
      gender: 'TRANSGENDER_FEMALE',
      country: 'Netherlands',
      ethnicity: 'LATIN',
      birthDate: '1990-05-04',
      deathDate: '2024-01-02',
      heightCm: 160,
      eyeColor: 'GREY',
      hairColor: 'BLONDE',
      careerStartYear: 2012,
      careerEndYear: 2019,
      sceneCount: null,
      imageUrl: null,
      updated: expect.stringMatching(/^sha256:[0-9a-f]{32}$/),
      aliases: ['Ada X'],
      urls: [ADA, 'https://stashdb.org/performers/8c5e3b3e-0000-4000-8000-000000000001'],
      mergedIds: [],
      tattoos: [{ location: 'Left wrist; right ankle', description: null }],
      piercings: [],
    });
  });

  it('leaves out what cannot be said or believed', () => {
    const extras = {
      gender: 'Unknown',
      birthday: '0000-00-00',
      nationality: ' ',
      birthplace_code: 'BE',
      ethnicity: 'martian',
      hair_colour: 7,
      height: `5'4"`,
      career_start_year: 'recently',
    };
    expect(read({ id: 17, disambiguation: '', extras }).record).toMatchObject({
      remoteId: '17',
      disambiguation: null,
      gender: null,
      birthDate: null,
      country: 'BE',
      ethnicity: null,
      hairColor: null,
      heightCm: null,
      careerStartYear: null,
    });
    expect(read({ extras: { birthday: null, birthday_timestamp: 641_779_200 } }).record.birthDate).toBe(
      '1990-05-04',
    );
  });

  it.each([
    ['strings', ['Ada X', ' Countess ', 'Ada X', 'ADA EXAMPLE', '']],
    ['one string with commas', 'Ada X, Countess,,ada x'],
    ['objects', [{ name: 'Ada X' }, { name: 'Countess' }, { nick: '?' }, null]],
  ])('has its aliases from %s', (_, aliases) => {
    expect(read({ aliases }).record.aliases).toEqual(['Ada X', 'Countess']);
  });

  it('has no aliases where there are none, and those of single sites besides', () => {
    expect(read({ aliases: null, site_performers: null }).record.aliases).toEqual([]);
    const site_performers = [{ name: 'Ada X', image: null }, { name: 'Ada Example' }];
    expect(read({ aliases: undefined, site_performers }).record.aliases).toEqual(['Ada X']);
  });

  it.each([
    ['a map', { StashDB: 'https://stashdb.org/performers/1', Twitter: '@ada', Site: '', None: null }],
    [
      'an array',
      [{ url: 'https://stashdb.org/performers/1', platform: 'StashDB' }, { platform: 'X' }, 'no url', null],
    ],
  ])('has its links from %s', (_, links) => {
    expect(read({ extras: { links } }).record.urls).toEqual([ADA, 'https://stashdb.org/performers/1']);
  });

  it.each([
    ['null', null],
    ['an empty array', []],
    ['text', 'none'],
  ])('has no links from %s', (_, links) => {
    expect(read({ extras: { links } }).record.urls).toEqual([ADA]);
  });

  it('may come with no extras at all, or with PHP’s empty array for them', () => {
    for (const extras of [undefined, null, []]) {
      const row = { ...resourceOf({ name: 'Ada' }), extras };
      expect(readPerformer(row)).toMatchObject({ performer: { record: { gender: null, tattoos: [] } } });
    }
  });

  it.each([
    ['{ name: 7 }', { id: 'a', name: 7 }, 'performer a', /name/],
    ['{}', {}, 'a performer without an id', /id/],
    ['null', null, 'a performer without an id', /object/],
    ['extras in prose', { id: 'a', name: 'Ada', extras: 'tall' }, 'performer a', /extras/],
  ])('that is %s is unreadable, and says so', (_, row, what, reason) => {
    expect(readPerformer(row)).toEqual({ what, reason: expect.stringMatching(reason) });
  });
});

describe('the pictures of a performer of ThePornDB', () => {
  const others = { image: `${CDN}/main.jpg`, thumbnail: `${CDN}/thumb.jpg`, face: `${CDN}/face.jpg` };

  it('are the posters in their order, then the main image, each once and never the crops', () => {
    const posters = [
      { id: 2, url: `${CDN}/2.jpg`, size: 9, order: 2 },
      { id: 1, url: `${CDN}/1.jpg`, size: 9, order: 1 },
      { id: 3, url: others.image, order: null },
      { id: 4 },
      null,
    ];
    expect(urlsOf({ ...others, posters })).toEqual([others.image, `${CDN}/1.jpg`, `${CDN}/2.jpg`]);
  });

  it('may be strings, or one picture in several sizes', () => {
    expect(urlsOf({ posters: [`${CDN}/1.jpg`, `${CDN}/2.jpg`] })).toEqual([`${CDN}/1.jpg`, `${CDN}/2.jpg`]);
    const named = { small: `${CDN}/s.jpg`, large: `${CDN}/l.jpg`, medium: null };
    expect(urlsOf({ ...others, posters: named })).toEqual([`${CDN}/l.jpg`, others.image]);
    expect(urlsOf({ posters: { 300: `${CDN}/300.jpg`, 1280: `${CDN}/1280.jpg` } })).toEqual([
      `${CDN}/1280.jpg`,
    ]);
  });

  it('are a crop only where there is nothing else', () => {
    expect(urlsOf({ ...others, image: null, posters: null })).toEqual([others.thumbnail]);
    expect(urlsOf({ face: others.face })).toEqual([others.face]);
    expect(urlsOf({ image: 'no address', face: 'ftp://x/y' })).toEqual([]);
  });

  it('are the whole listing only where every poster could be read', () => {
    const good = { url: `${CDN}/1.jpg`, order: 1 };
    expect(read({ ...others, posters: [good] }).isWhole).toBe(true);
    expect(read({ ...others, posters: [] }).isWhole).toBe(true);
    for (const posters of [null, undefined, 'soon', [good, { id: 4 }], [good, 'no address'], [null]]) {
      expect(read({ ...others, posters }).isWhole).toBe(false);
    }
  });

  it('are asked for at the present host where the old one is written', () => {
    expect(urlsOf({ image: 'https://cdn.metadataapi.net/performer/1.jpg' })).toEqual([
      `${CDN}/performer/1.jpg`,
    ]);
  });

  it('keep their revision until something about the performer changes', () => {
    const one = read(others);
    expect(one.images[0]?.revision).toBe(one.record.updated);
    expect(read({ ...others, bio: 'another', rating: 5 }).record.updated).toBe(one.record.updated);
    expect(read({ ...others, aliases: ['New'] }).record.updated).not.toBe(one.record.updated);
    expect(read({ ...others, image: `${CDN}/other.jpg` }).record.updated).not.toBe(one.record.updated);
  });
});
