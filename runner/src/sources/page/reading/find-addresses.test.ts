import { describe, expect, it } from 'vitest';
import { loadDefinitions } from '../../definition/load-definitions.ts';
import { findAddresses, readAddress } from './find-addresses.ts';

const definitions = loadDefinitions(null);

function definitionOf(id: string) {
  const definition = definitions.get(id)?.defined?.page;
  if (!definition) throw new Error(`no definition of ${id}`);
  return definition;
}

/** Stored url, the path that is asked for (null: no performer's page), and the key. */
const table: Record<string, [url: string, path: string | null, key?: string][]> = {
  babepedia: [
    ['https://www.babepedia.com/babe/Test_Name?ref=1', '/babe/Test_Name', 'test_name'],
    ['http://babepedia.com/babe/Zo%C3%AB_Test', '/babe/Zo%C3%AB_Test', 'zoë_test'],
    ['https://www.babepedia.com/babe/Test%00_%E2%80%8BName%0A', '/babe/Test_Name', 'test_name'],
    ['https://www.babepedia.com/babe/%00', null],
    ['https://www.babepedia.com/gallery/Test_Name/7', null],
    ['https://example.org/?u=https://www.babepedia.com/babe/Test_Name', null],
  ],
  iafd: [
    [
      'https://www.iafd.com/person.rme/id=0B1F6A54-2D0C-4C63-9A41-0C6F1F1F7A10',
      '/person.rme/id=0b1f6a54-2d0c-4c63-9a41-0c6f1f1f7a10',
      '0b1f6a54-2d0c-4c63-9a41-0c6f1f1f7a10',
    ],
    [
      'https://www.iafd.com/person.rme/perfid=mirasolano/Mira-Solano.htm',
      '/person.rme/perfid=mirasolano/Mira-Solano.htm',
      'mirasolano',
    ],
    [
      'https://www.iafd.com/person.rme/perfid=mirasolano/gender=f/mira-solano.htm',
      '/person.rme/perfid=mirasolano/gender=f/mira-solano.htm',
      'mirasolano',
    ],
    ['https://www.iafd.com/title.rme/id=5', null],
  ],
  indexxx: [['https://www.indexxx.com/m/Mira-Solano/', '/m/Mira-Solano', 'mira-solano']],
  freeones: [
    ['https://www.freeones.com/mira-solano', '/mira-solano/bio', 'mira-solano'],
    ['https://www.freeones.com/de/Mira-Solano/feed', '/mira-solano/bio', 'mira-solano'],
    ['https://www.freeones.xxx/mira-solano/photos', '/mira-solano/bio', 'mira-solano'],
    ['https://www.freeones.com/html/m_links/Mira_Solano/', null],
    ['https://www.freeones.com/babes?q=mira', null],
    ['https://www.freeones.com/de/photos', null],
  ],
  boobpedia: [
    ['https://www.boobpedia.com/boobs/Mira_Solano', '/boobs/Mira_Solano', 'mira_solano'],
    ['https://www.boobpedia.com/boobs/File:Mira.jpg', null],
    ['https://www.boobpedia.com/boobs/Category%3AModels', null],
  ],
  thenude: [
    ['https://www.thenude.com/Mira%20Solano_123.htm', '/Mira%20Solano_123.htm', '123'],
    ['https://www.thenude.com/_123.htm', '/_123.htm', '123'],
    ['https://www.thenude.com/covers.htm', null],
  ],
  afdb: [
    ['https://www.adultfilmdatabase.com/actor/jayden-test-45421/', '/actor/jayden-test-45421/', '45421'],
    ['https://www.adultfilmdatabase.com/actor/wd-45421/', '/actor/wd-45421/', '45421'],
    ['http://adultfilmdatabase.com/actor.cfm?ActorID=45421', '/actor.cfm?actorid=45421', '45421'],
    ['https://www.adultfilmdatabase.com/video/1/afdb', null],
  ],
  pornpics: [
    ['https://www.pornpics.com/pornstars/mira-solano/', '/pornstars/mira-solano/', 'mira-solano'],
    ['https://www.pornpics.com/channels/x/', null],
  ],
  elitebabes: [
    ['https://www.elitebabes.com/model/mira-solano/sort/similar/', '/model/mira-solano/', 'mira-solano'],
    ['https://www.elitebabes.com/model-tag/sun/', null],
  ],
  javdatabase: [['https://www.javdatabase.com/idols/yui-test/', '/idols/yui-test/', 'yui-test']],
};

describe.for(Object.entries(table))('the addresses of %s', ([id, rows]) => {
  it.for(rows)('%s → %s', ([url, path, key]) => {
    const address = readAddress(definitionOf(id), url);
    const expected = path === null ? null : { url: definitionOf(id).site + path, key };
    expect(address && { url: address.url, key: address.key }).toEqual(expected);
  });
});

it('asks once for two spellings of one address', () => {
  const urls = ['https://www.thenude.com/_123.htm', 'https://thenude.com/Mira%20Solano_123.htm'];
  expect(findAddresses(definitionOf('thenude'), urls)).toHaveLength(1);
});
