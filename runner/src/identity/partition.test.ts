import { describe, expect, it } from 'vitest';
import { sampleRecord, uuid } from '../../testing/catalog/samples.ts';
import type { PerformerRecord } from '../catalog/performer-record.ts';
import { findLinks } from './find-links.ts';
import { partition } from './partition.ts';
import { nodeOf } from './record-node.ts';

type Changes = Partial<PerformerRecord>;

/** A record without anything that could link it. */
function bare(endpoint: string, number: number, changes: Changes = {}): PerformerRecord {
  const nothing = { country: null, birthDate: null, gender: null, aliases: [], urls: [] };
  return sampleRecord({ endpoint, remoteId: uuid(number), name: `Name ${number}`, ...nothing, ...changes });
}

function put(records: PerformerRecord[], contested: string[] = []) {
  const nodes = records.map((record) => nodeOf(record, null));
  const neighbourhood = {
    nodes,
    hidden: [],
    contested: new Set(contested),
    touched: new Map(),
    decisions: [],
  };
  const { links, doubts } = findLinks(neighbourhood);
  const { clusters, accepted, refused } = partition(nodes, links, () => false);
  return {
    performers: clusters.length,
    rules: accepted.map(({ rule }) => rule),
    conflicts: [...doubts, ...refused].map(({ kind }) => kind),
  };
}

const page = (number: number) => ({ urls: [`https://stashdb.org/performers/${uuid(number)}`] });
const iafd = { urls: ['https://www.iafd.com/person.rme/perfid=ada/gender=f/ada.htm'] };
const slug = { urls: ['https://www.freeones.com/ada/bio'] };

describe('two records', () => {
  const cases: [what: string, one: Changes, other: Changes, outcome: string][] = [
    ['one names the other’s page', {}, page(1), 'cross_link'],
    ['one names the other’s page, and little is known', {}, { ...page(1), country: 'US' }, 'cross_link'],
    [
      'one names the other’s page, and nothing agrees',
      { country: 'CZ' },
      { ...page(1), country: 'US' },
      'little_agrees',
    ],
    [
      'one names the other’s page, born years apart',
      { birthDate: '1980' },
      { ...page(1), birthDate: '1985' },
      'birth_dates',
    ],
    ['a profile and the name', { ...iafd, name: 'Ada' }, { ...iafd, name: 'Ada' }, 'shared_url'],
    ['a profile and an alias', { ...iafd, name: 'Ada B' }, { ...iafd, aliases: ['ada  b.'] }, 'shared_url'],
    [
      'a profile and the birth date',
      { ...iafd, birthDate: '1990' },
      { ...iafd, birthDate: '1990-05' },
      'shared_url',
    ],
    ['a profile and nothing else', iafd, iafd, 'little_agrees'],
    [
      'a profile, but man and woman',
      { ...iafd, name: 'Ada', gender: 'FEMALE' },
      { ...iafd, name: 'Ada', gender: 'MALE' },
      'genders',
    ],
    ['a page of slugs and the name', { ...slug, name: 'Ada' }, { ...slug, name: 'Ada' }, 'shared_slug'],
    [
      'name, country and birth year',
      { name: 'Ada Bee', country: 'us', birthDate: '1990' },
      { name: 'Ada Bee', country: 'US', birthDate: '1990-02-03' },
      'name_and_birth',
    ],
    [
      'one common word, country and birth day',
      { name: 'Ada', country: 'US', birthDate: '1990-02-03' },
      { name: 'Ada', country: 'US', birthDate: '1990-02-03' },
      'name_and_birth',
    ],
  ];
  it.each(cases)('that share %s', (_, one, other, outcome) => {
    const { performers, rules, conflicts } = put([bare('stashdb', 1, one), bare('pmvstash', 2, other)]);
    expect([...rules, ...conflicts]).toEqual([outcome]);
    expect(performers).toBe(rules.length === 1 ? 1 : 2);
  });

  it.each<[what: string, one: Changes, other: Changes]>([
    ['a page of slugs, but not the name', slug, slug],
    ['name and country', { name: 'Ada Bee', country: 'US' }, { name: 'Ada Bee', country: 'US' }],
    [
      'one common word, country and birth year',
      { name: 'Ada', country: 'US', birthDate: '1990' },
      { name: 'Ada', country: 'US', birthDate: '1990' },
    ],
    [
      'name, country and year, born on two days',
      { name: 'Ada Bee', country: 'US', birthDate: '1990-02-03' },
      { name: 'Ada Bee', country: 'US', birthDate: '1990-08-03' },
    ],
    [
      'a “link” without a rule for its site',
      { name: 'Ada', urls: ['https://linktr.ee/ada'] },
      { name: 'Ada', urls: ['https://linktr.ee/ada'] },
    ],
  ])('are not linked by %s', (_, one, other) => {
    const { performers, conflicts } = put([bare('stashdb', 1, one), bare('pmvstash', 2, other)]);
    expect([performers, conflicts]).toEqual([2, []]);
  });
});

describe('more than two records', () => {
  const ada = { name: 'Ada Bee' };

  it('are linked by nothing that several records of one stash-box have', () => {
    const three = [bare('stashdb', 1, { ...ada, ...iafd }), bare('pmvstash', 2, { ...ada, ...iafd })];
    expect(put(three).performers).toBe(1);
    expect(put([...three, bare('pmvstash', 3, iafd)], ['iafd/ada']).performers).toBe(3);
  });

  it('go by the better evidence, and keep a note of the other', () => {
    const result = put([
      bare('stashdb', 1, { ...ada, ...iafd }),
      bare('stashdb', 2, { ...ada, ...slug }),
      bare('pmvstash', 3, { ...ada, urls: [...iafd.urls, ...slug.urls] }),
    ]);
    expect(result).toEqual({ performers: 2, rules: ['shared_url'], conflicts: ['same_stash_box'] });
  });

  it('stay apart where equally good evidence points to two performers', () => {
    const twitter = { urls: ['https://x.com/ada'] };
    const result = put([
      bare('stashdb', 1, { ...ada, ...iafd }),
      bare('stashdb', 2, { ...ada, ...twitter }),
      bare('pmvstash', 3, { ...ada, urls: [...iafd.urls, ...twitter.urls] }),
    ]);
    expect(result).toEqual({ performers: 3, rules: [], conflicts: ['ambiguous', 'ambiguous'] });
  });

  it('do not come together over a third one when two of them contradict each other', () => {
    const twitter = { urls: ['https://x.com/ada'] };
    const result = put([
      bare('stashdb', 1, { ...ada, ...iafd, birthDate: '1970' }),
      bare('fansdb', 2, { ...ada, ...twitter, birthDate: '1990' }),
      bare('pmvstash', 3, { ...ada, urls: [...iafd.urls, ...twitter.urls] }),
    ]);
    expect(result.performers).toBe(3);
    expect(result.conflicts).toEqual(['ambiguous', 'ambiguous']);
  });
});
