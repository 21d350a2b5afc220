import { describe, expect, it } from 'vitest';
import { withoutBlanks } from './split-statements.ts';

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
    // Hours if each look began anew at every comment.
    const long = `${'-- '.repeat(500_000)}\n${'/* */ '.repeat(500_000)}- x`;
    expect(withoutBlanks(long)).toBe('- x');
  });
});
