import { describe, expect, it } from 'vitest';
import { batches } from './report-reviews.ts';

describe('batches', () => {
  it.each([
    ['by their number', [1, 2, 3, 4, 5], { most: 2, maxBytes: 100 }, [[1, 2], [3, 4], [5]]],
    [
      'by their size',
      ['aaaa', 'bb', 'ü', 'dddddddddddd'],
      { most: 9, maxBytes: 12 },
      [['aaaa', 'bb'], ['ü'], ['dddddddddddd']],
    ],
    ['of nothing there are none', [], { most: 2, maxBytes: 9 }, []],
  ])('%s', (_, items, limits, expected) => {
    expect([...batches<unknown>(items, limits)]).toEqual(expected);
  });
});
