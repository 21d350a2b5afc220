import { describe, expect, it } from 'vitest';
import { addressText, shortId } from './address-text.ts';

describe('addresses and ids', () => {
  it.each([
    ['https://www.iafd.com/person.rme/id=7d2e/', 'iafd.com/person.rme/id=7d2e'],
    [`http://example.org/${'a'.repeat(80)}`, `example.org/${'a'.repeat(47)}…`],
  ])('%s is shown as %s', (address, shown) => expect(addressText(address)).toBe(shown));

  it.each([
    ['stashdb.org:018f3a2b-0000-7000-8000-00000000abcd', 'stashdb.org:018f3a2b…'],
    ['theporndb.net:118204', 'theporndb.net:118204'],
    ['folder:a:b', 'folder:a:b'],
  ])('%s is shown as %s', (id, shown) => expect(shortId(id)).toBe(shown));
});
