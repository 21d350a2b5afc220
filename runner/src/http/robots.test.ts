import { describe, expect, it } from 'vitest';
import { productToken, readRobots } from './robots.ts';

const SITE = 'https://models.example';
const ME = 'stash-sense-trainer/0.1 (+mailto:owner@example.org)';

function rules(text: string | Uint8Array, userAgent = ME) {
  const body = typeof text === 'string' ? Buffer.from(text) : text;
  const { isAllowed, spacingMs } = readRobots(new URL('/robots.txt', SITE), body, userAgent);
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

  it('may ask for pauses', () => {
    expect(rules('User-agent: *\nCrawl-delay: 2.5\nDisallow:').spacingMs).toBe(2_500);
    expect(rules('User-agent: *\nCrawl-delay: soon\nDisallow:').spacingMs).toBe(0);
    expect(rules('User-agent: *\nCrawl-delay: -5\nDisallow:').spacingMs).toBe(0);
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

  it('know us by the first word of our user agent', () => {
    expect(productToken(ME)).toBe('stash-sense-trainer');
    expect(productToken('JanesBot')).toBe('JanesBot');
    expect(productToken('1bot')).toBe('*');
  });
});
