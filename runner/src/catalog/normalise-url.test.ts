import { describe, expect, it } from 'vitest';
import { normaliseUrl } from './normalise-url.ts';
import { SITE_RULES } from './site-rules.ts';

const ID = '019bef93-b467-73eb-a04b-ac44fdaa7a04';

const KNOWN: [url: string, site: string, id: string][] = [
  [`https://stashdb.org/performers/${ID.toUpperCase()}`, 'stashdb', ID],
  [`https://pmvstash.org/performers/${ID}/edit`, 'pmvstash', ID],
  [`https://javstash.org/performers/${ID}`, 'javstash', ID],
  [`https://fansdb.cc/performers/${ID}`, 'fansdb', ID],
  [`https://fansdb.xyz/performers/${ID}#images`, 'fansdb', ID],
  ['https://theporndb.net/performers/some-name', 'theporndb', 'some-name'],
  ['https://metadataapi.net/performers/some-name', 'theporndb', 'some-name'],
  ['https://www.iafd.com/person.rme/perfid=SomeName/gender=f/some-name.htm', 'iafd', 'somename'],
  [`http://iafd.com/person.rme/id=${ID}`, 'iafd', ID],
  ['https://www.iafd.com/person.asp?perfid=somename&gender=f', 'iafd', 'somename'],
  ['https://www.imdb.com/name/nm0123456/?ref_=x', 'imdb', 'nm0123456'],
  ['https://www.imdb.com/de/name/nm0123456', 'imdb', 'nm0123456'],
  ['https://www.wikidata.org/wiki/Q123', 'wikidata', 'q123'],
  ['https://twitter.com/@Some_Name', 'twitter', 'some_name'],
  ['https://mobile.twitter.com/some_name/status/12', 'twitter', 'some_name'],
  ['x.com/some_name?lang=en', 'twitter', 'some_name'],
  ['https://x.com/@@some_name', 'twitter', 'some_name'],
  ['https://x.com/%40@some_name', 'twitter', 'some_name'],
  ['https://x.com/%2540some_name', 'twitter', 'some_name'],
  ['https://x.com/@%20@some_name%0A', 'twitter', 'some_name'],
  ['https://x.com/@/some_name', 'twitter', 'some_name'],
  ['https://x.com/%E2%80%8Bsome_%00name%E2%80%AE', 'twitter', 'some_name'],
  ['https://www.instagram.com/_u/_u/@some.name/', 'instagram', 'some.name'],
  ['https://onlyfans.com/%EF%BC%A0some-name', 'onlyfans', 'some-name'],
  ['https://www.tiktok.com/@@some.name', 'tiktok', 'some.name'],
  ['https://www.tiktok.com/%40%40some.name', 'tiktok', 'some.name'],
  ['https://www.babepedia.com/babe/%2F%20Some_Name%1B%20%2F', 'babepedia', 'some_name'],
  ['https://www.www.m.freeones.com/some-name', 'freeones', 'some-name'],
  ['https://www.instagram.com/_u/some.name/', 'instagram', 'some.name'],
  ['https://onlyfans.com/some-name', 'onlyfans', 'some-name'],
  ['https://fansly.com/SomeName/posts', 'fansly', 'somename'],
  ['https://www.pornhub.com/pornstar/some-name', 'pornhub', 'some-name'],
  ['https://www.pornhub.com/model/some-name/videos', 'pornhub', 'model/some-name'],
  ['https://www.xvideos.com/pornstars/some-name', 'xvideos', 'some-name'],
  ['https://www.freeones.com/de/some-name/bio', 'freeones', 'some-name'],
  ['https://www.freeones.xxx/some-name', 'freeones', 'some-name'],
  ['https://www.babepedia.com/babe/Some_Name', 'babepedia', 'some_name'],
  ['https://www.boobpedia.com/boobs/Some_Name', 'boobpedia', 'some_name'],
  ['https://www.indexxx.com/m/some-name', 'indexxx', 'some-name'],
  ['https://www.adultfilmdatabase.com/actor/some-name-51234/', 'afdb', '51234'],
  ['http://www.adultfilmdatabase.com/actor.cfm?ActorID=51234', 'afdb', '51234'],
  ['https://www.data18.com/name/some-name', 'data18', 'some-name'],
  ['https://www.thenude.com/Some%20Name_1234.htm', 'thenude', '1234'],
  ['https://www.thenude.com/_1234.htm', 'thenude', '1234'],
  ['https://www.tiktok.com/@some.name/video/1', 'tiktok', 'some.name'],
  ['https://www.threads.com/@some.name', 'threads', 'some.name'],
  ['https://ja.m.wikipedia.org/wiki/%E6%B3%A2%E5%A4%9A%E9%87%8E', 'wikipedia', 'ja:波多野'],
  ['https://dbnaked.com/models/general/s/some-name', 'dbnaked', 'some-name'],
  ['https://www.dmm.co.jp/digital/videoa/-/list/=/article=actress/id=1034/', 'dmm_fanza', '1034'],
  ['https://actress.dmm.co.jp/-/detail/=/actress_id=1034/', 'dmm_fanza', '1034'],
  ['https://r18.dev/idols/some-name', 'r18dev', 'some-name'],
  ['https://www.minnano-av.com/actress7890.html', 'minnano_av', '7890'],
  ['https://xxx.xcity.jp/idol/detail/123/', 'xcity', '123'],
  ['https://xcity.jp/idol/detail/123/', 'xcity', '123'],
  ['https://www.pornpics.com/pornstars/some-name/', 'pornpics', 'some-name'],
  ['https://www.elitebabes.com/model/some-name/', 'elitebabes', 'some-name'],
  ['https://www.javdatabase.com/idols/some-name/', 'javdatabase', 'some-name'],
];

const UNKNOWN = [
  'https://linktr.ee/some-name',
  'https://indexxx.com.evil.example/m/some-name',
  'https://example.org/?next=https://x.com/some_name',
  'https://stashdb.org/performers/not-a-uuid',
  `https://stashdb.org/scenes/${ID}`,
  'https://twitter.com/intent/user?screen_name=some_name',
  'https://www.instagram.com/p/abc123/',
  'https://www.freeones.com/html/a_links/',
  'https://www.boobpedia.com/boobs/File:Picture.jpg',
  'https://www.tiktok.com/discover/some-name',
  'https://www.tiktok.com/@%20@',
  'https://x.com/@home',
  'https://x.com/%00',
  'https://www.babepedia.com/babe/%07',
  'https://wikipedia.org/wiki/Some_Name',
  'https://www.wikipedia.org/wiki/Some_Name',
  'https://www.iafd.com/title.rme/id=019bef93-b467-73eb-a04b-ac44fdaa7a04',
  'ftp://x.com/some_name',
  'not a url at all',
  'https://',
  '',
];

describe('normaliseUrl', () => {
  it.each(KNOWN)('reads %s as %s %s', (url, site, id) => {
    expect(normaliseUrl(url)).toMatchObject({ site, id });
  });

  it.each(UNKNOWN)('gives no key to %j', (url) => {
    expect(normaliseUrl(url)).toBeNull();
  });

  it('has a case here for every site that it knows', () => {
    const tested = new Set(KNOWN.map(([, site]) => site));
    expect(SITE_RULES.map((rule) => rule.site).filter((site) => !tested.has(site))).toEqual([]);
  });

  it('gives equal keys to two ways of writing an accent', () => {
    const composed = normaliseUrl('https://www.babepedia.com/babe/Ren%C3%A9e');
    expect(normaliseUrl('https://www.babepedia.com/babe/Rene%CC%81e')).toEqual(composed);
  });

  it('leaves a handle as it is, however often it is read', () => {
    const marks = ['@', '%40', '%2540', '＠', '%20', '%00', '%E2%80%8D', '_u/', '@/'];
    for (const site of ['x.com', 'www.instagram.com', 'onlyfans.com', 'fansly.com']) {
      for (const first of marks) {
        for (const second of marks) {
          const found = normaliseUrl(`https://${site}/${first}${second}Some.Name`);
          expect(found?.id, first + second).toBe('some.name');
          expect(normaliseUrl(`https://${site}/${found?.id}`)).toEqual(found);
        }
      }
    }
  });

  it('keeps a stray percent sign', () => {
    expect(normaliseUrl('https://onlyfans.com/100%real')?.id).toBe('100%real');
  });
});
