import { describe, expect, it } from 'vitest';
import { dropPrivateNames } from './eligibility.ts';

describe('aliases', () => {
  it.each([
    ['Jane Roe (birth name)'],
    ['Legal name: Jane Roe'],
    ['Jane Roe [real name]'],
    ['Jane Roe (born)'],
    ['née Jane Roe'],
    ['Jane Roe (maiden name)'],
  ])('lose "%s", and the same name without its label', (labelled) => {
    expect(dropPrivateNames(['Ada', labelled, 'JANE  ROE', 'Roe'])).toEqual(['Ada', 'Roe']);
  });

  it('keep what no source has labelled', () => {
    const aliases = ['Real Ada', 'Birthe Name', 'Nee Lim', 'Ada (studio.example)', 'Legally Ada'];
    expect(dropPrivateNames(aliases)).toEqual(aliases);
  });
});
