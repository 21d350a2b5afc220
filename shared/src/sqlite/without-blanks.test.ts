import { describe, expect, it } from 'vitest';
import { withoutBlanks } from './without-blanks.ts';

describe('leaving out what is no statement', () => {
  it.each([
    ['SELECT 1; -- one', 'SELECT 1; -- one'],
    [' ;; -- SELECT\n/* SELECT; */\tSELECT 1', 'SELECT 1'],
    ['/**/ /* -- */ -- /*\nSELECT 1 /* */', 'SELECT 1 /* */'],
    ['- 1', '- 1'],
    ['/ 1', '/ 1'],
    ['-- to the end', ''],
    ['/* not closed', ''],
    ['', ''],
  ])('%j is %j', (sql, left) => {
    expect(withoutBlanks(sql)).toBe(left);
  });

  it('takes no longer for comments that look like comments in many ways', () => {
    const since = performance.now();
    expect(withoutBlanks(`${'-- '.repeat(5_000)}\n${'/* */ '.repeat(5_000)}- x`)).toBe('- x');
    expect(performance.now() - since).toBeLessThan(500);
  });
});
