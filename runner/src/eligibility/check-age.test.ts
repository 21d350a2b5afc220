import { describe, expect, it } from 'vitest';
import { checkAge } from './eligibility.ts';

const TODAY = new Date('2026-03-01T12:00:00Z');

describe('a birth date', () => {
  it.each([
    ['2008-03-01', null, 'of age on the very day'],
    ['2008-02', null, 'a month that is over'],
    ['2007', null, 'a year that is over'],
    ['1990-02-30', 2012, 'long of age'],
    ['1990-11-05', 2008, 'a career that began in the year of the 18th birthday'],
    ['1990', 2008, 'the same, of a year alone'],
    [null, 1900, 'nothing known'],
    ['', 2000, 'nothing said'],
    ['about 1990', 2000, 'something that is no date'],
  ])('%s with a career since %s lets the performer stay: %s', (birthDate, careerStartYear, _) => {
    expect(checkAge({ birthDate, careerStartYear }, TODAY)).toBeNull();
  });

  it.each([
    ['2008-03-02', null, 'under_age'],
    ['2008-03', null, 'under_age'],
    ['2008', null, 'under_age'],
    ['2008', 2027, 'under_age'],
    ['2031-01-01', null, 'under_age'],
    ['1990-01-01', 2007, 'under_age_at_start'],
    ['1990', 2007, 'under_age_at_start'],
    ['1990-12', 1985, 'under_age_at_start'],
  ])('%s with a career since %s drops the performer: %s', (birthDate, careerStartYear, reason) => {
    expect(checkAge({ birthDate, careerStartYear }, TODAY)).toBe(reason);
  });
});
