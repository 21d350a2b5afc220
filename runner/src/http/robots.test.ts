import { describe, expect, it } from 'vitest';
import { productToken, readRobots } from './robots.ts';

const SITE = 'https://models.example';
const ME = 'stash-sense-trainer/0.1 (+mailto:owner@example.org)';

function rules(text: string | Uint8Array, userAgent = ME) {
  const body = typeof text === 'string' ? Buffer.from(text) : text;
  const { isAllowed, spacingMs } = readRobots(body, userAgent);
  return { allows: (path: string) => isAllowed(new URL(path, SITE)), spacingMs };
}

describe('the rules of a robots.txt', () => {
  it('hold for everyone, or for those that they name, whatever the case', () => {
    const text =
      'User-agent: *\nDisallow: /\n\nuser-agent: Stash-Sense-Trainer\nuser-agent: other\nDisallow: /private/';
    expect(rules(text).allows('/babe/Ada')).toBe(true);
    expect(rules(text).allows('/private/Ada')).toBe(false);
    expect(rules(text, 'somebody/2').allows('/babe/Ada')).toBe(false);
  });

  it('follow the longest match, and of equal ones the kinder', () => {
    const { allows } = rules(
      'User-agent: *\nDisallow: /babe\nAllow: /babe/ok\nDisallow: /page\nAllow: /page\nDisallow: /*.php$\n',
    );
    expect(['/babe/x', '/babe/ok/x', '/page', '/a.php', '/a.php?x=1'].map(allows)).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
  });

  it('compare addresses however they are encoded', () => {
    const { allows } = rules('User-agent: *\nDisallow: /babe/Zo%C3%AB\nDisallow: /idol/花');
    expect(['/babe/Zoë', '/babe/Zo%c3%ab', '/idol/%E8%8A%B1', '/babe/Zoe'].map(allows)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it.each([
    // The rule, and addresses that it forbids.
    ['/*?filters[]=', '/search?filters[]=hair', '/search?filters%5B%5D=hair'],
    ['/model[', '/model[1]', '/model%5B1]'],
    ['/a|b', '/a|b', '/a%7cb'],
    ['/*?q={', '/x?q={term}'],
    ["/*?n=O'", "/x?n=O'Hara", '/x?n=O%27Hara'],
    ['/a^b', '/a^b', '/a%5Eb'],
    ['/a"b<c>`d', '/a"b<c>`d'],
    ['/foo/bar/%62%61%7A', '/foo/bar/baz'],
    ['/private/', '/%70rivate/x'],
    ['/%7Ejoe/', '/~joe/x', '/%7ejoe/x'],
    ['/foo/bar?baz=https://foo.bar', '/foo/bar?baz=https%3A%2F%2Ffoo.bar'],
    ['/*url=http://', '/x?url=http://y'],
    ['/à', '/à/x', '/%C3%A0'],
    ['/100%', '/100%25', '/100%'],
    ['/a$b', '/a$b', '/a%24b'],
    ['/a%24', '/a$', '/a$/x'],
    ['/a%2A', '/a*'],
    ['/*/b*c$', '/a/bc', '/a/b/c/cc'],
    ['/a*$', '/a', '/ab'],
    ['*.php', '/x.php'],
  ])('compare %s with an address in one normal form', (rule, ...paths) => {
    const { allows } = rules(`User-agent: *\nDisallow: ${rule}`);
    for (const path of paths) expect([path, allows(path)]).toEqual([path, false]);
    const kind = rules(`User-agent: *\nDisallow: /\nAllow: ${rule}`);
    for (const path of paths) expect([path, kind.allows(path)]).toEqual([path, true]);
  });

  it.each([
    ['/a%2A', '/ab'],
    ['/a%24', '/a'],
    ['/%2541', '/A'],
    ['/a$', '/a/b', '/a?b'],
    ['/*ab*ab$', '/ab', '/xab'],
    ['/*?', '/who%3F'],
    ['/private', '/Private'],
    ['https://models.example/private', '/private'],
    ['$', '/'],
  ])('do not take %s for another address', (rule, ...paths) => {
    const { allows } = rules(`User-agent: *\nDisallow: ${rule}`);
    for (const path of paths) expect([path, allows(path)]).toEqual([path, true]);
  });

  it('compare octets, so that a file in Latin-1 means the addresses of its time', () => {
    const latin1 = Buffer.from('User-agent: *\nDisallow: /modèle', 'latin1');
    expect(rules(latin1).allows('/mod%E8le')).toBe(false);
  });

  it('allow the robots.txt itself', () => {
    expect(rules('User-agent: *\nDisallow: /').allows('/robots.txt')).toBe(true);
  });

  it.each([
    'Sitemap: https://models.example/map.xml',
    'Crawl-delay: 5',
    'Content-Signal: ai-train=no',
    '# a remark',
    '',
  ])('belong to all agents of a list, also with %j inside of it', (line) => {
    const text = `User-agent: *\n${line}\nUser-agent: other\nDisallow: /private/`;
    expect(rules(text).allows('/private/Ada')).toBe(false);
    expect(rules(text, 'other/1').allows('/private/Ada')).toBe(false);
    expect(rules(`${text}\nUser-agent: third\nDisallow: /`).allows('/')).toBe(true);
  });

  it.each([
    'stash-sense-trainer (face builder)',
    'stash-sense-trainer/9.9 foo',
    'STASH-SENSE-TRAINER',
    '* (everybody)',
  ])('are for us under the name %s', (name) => {
    expect(rules(`User-agent: ${name}\nDisallow: /`).allows('/a')).toBe(false);
  });

  it.each(['stash-sense', 'stash-sense-trainer-two', 'x stash-sense-trainer', '*bot', ''])(
    'are not for us under the name %j',
    (name) => {
      expect(rules(`User-agent: ${name}\nDisallow: /`).allows('/a')).toBe(true);
    },
  );

  it('of several groups for us hold together, and an empty one frees us from those for everyone', () => {
    const ours = 'User-agent: stash-sense-trainer';
    const { allows } = rules(`${ours}\nDisallow: /a\nUser-agent: *\nDisallow: /\n${ours}\nDisallow: /b`);
    expect(['/a', '/b', '/c'].map(allows)).toEqual([false, false, true]);
    expect(rules(`User-agent: *\nDisallow: /\n\n${ours}\n`).allows('/a')).toBe(true);
    expect(rules(`User-agent: *\nDisallow: /\n\n${ours}\nDisallow:`).allows('/a')).toBe(true);
  });

  it.each([
    ['blanks before the colon', 'User-agent : *\n\tDisallow : /\t'],
    ['no colon', 'user-agent *\ndisallow /'],
    ['carriage returns', 'User-agent: *\rDisallow: /\r'],
    ['a misspelling', 'Useragent: *\nDissallow: /'],
    ['a remark behind', 'User-agent: * # all\nDisallow: /#all'],
  ])('are read with %s', (_, text) => {
    expect(rules(text).allows('/a')).toBe(false);
  });

  it('are passed over without a colon where there are more words', () => {
    expect(rules('User-agent: *\nDisallow / please').allows('/a')).toBe(true);
    expect(rules('User-agent: *\nconstructor: /\n__proto__: /').allows('/a')).toBe(true);
  });

  it('may ask for pauses', () => {
    expect(rules('User-agent: *\nCrawl-delay: 2.5\nDisallow:').spacingMs).toBe(2_500);
    expect(rules('User-agent: *\nCrawl-delay: soon\nDisallow:').spacingMs).toBe(0);
    expect(rules('User-agent: *\nCrawl-delay: -5\nDisallow:').spacingMs).toBe(0);
    expect(
      rules('User-agent: other\nCrawl-delay: 30\n\nUser-agent: *\nCrawl-delay: 1\nDisallow: /x').spacingMs,
    ).toBe(1_000);
    expect(rules('User-agent: *\nCrawl-delay: 5\nUser-agent: other\nDisallow: /').spacingMs).toBe(5_000);
  });

  it('forbid nothing in a file that holds none: empty, HTML, another tongue, binary', () => {
    const nonsense = ['', '<!DOCTYPE html><title>Disallow: /</title>', 'Disallow: /', 'Noindex: /\n:::\n'];
    for (const text of [...nonsense, Uint8Array.from([255, 254, 0, 10, 58])]) {
      expect(rules(text).allows('/babe/Ada')).toBe(true);
    }
  });

  it('are read behind a byte order mark and up to 500 KiB', () => {
    expect(rules('\uFEFFUser-agent: *\r\nDisallow: /').allows('/a')).toBe(false);
    const long = `User-agent: *\n${'# filler\n'.repeat(56_000)}Disallow: /early\n${'# filler\n'.repeat(20_000)}Disallow: /late`;
    expect(rules(long).allows('/early')).toBe(false);
    expect(rules(long).allows('/late')).toBe(true);
  });

  it('are cut behind the last whole line where the file is longer', () => {
    const limit = 500 * 1024;
    const upTo = (bytes: number, tail: string) => {
      const head = 'User-agent: *\n';
      return `${head}${'#'.repeat(bytes - head.length - 1)}\n${tail}`;
    };
    const rule = 'Disallow: /private/';
    for (let left = 0; left < rule.length; left++) {
      expect(rules(upTo(limit - left, `${rule}\nDisallow: /late`)).allows('/a')).toBe(true);
    }
    const whole = rules(upTo(limit - rule.length, `${rule}\nDisallow: /late`));
    expect(['/private/', '/late'].map(whole.allows)).toEqual([false, true]);
    expect(rules(`${' '.repeat(limit)}User-agent: *`).allows('/a')).toBe(true);
  });

  it('are compared without going back, however many stars there are', () => {
    // A matcher that tries every place for every star needs years for one such rule.
    const stars = `User-agent: *\n${`Disallow: /${'*a'.repeat(30)}*b\n`.repeat(5_000)}`;
    expect(rules(stars).allows(`/${'a'.repeat(2_000)}`)).toBe(true);
    const oneLine = `User-agent: *\nDisallow: /${'*a'.repeat(200_000)}*b`;
    expect(rules(oneLine).allows(`/${'a'.repeat(8_000)}`)).toBe(true);
  });

  it('know us by the first word of our user agent', () => {
    expect(productToken(ME)).toBe('stash-sense-trainer');
    expect(productToken('JanesBot')).toBe('JanesBot');
    expect(productToken('1bot')).toBe('*');
  });
});
