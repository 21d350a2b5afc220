import { describe, expect, it } from 'vitest';
import { nextVersion } from './version-files.ts';

const today = new Date('2026-03-01T23:59:00Z');

describe('nextVersion', () => {
  it.each([
    [null, '2026.03.01'],
    ['2026.02.28', '2026.03.01'],
    ['2026.02.28.9', '2026.03.01'],
    ['2026.03.01', '2026.03.01.1'],
    ['2026.03.01.1', '2026.03.01.2'],
    ['2026.03.01.9', '2026.03.02'],
    ['2026.12.31.9', '2027.01.01'],
    ['2026.05.05', '2026.05.05.1'],
  ])('after %s comes %s', (latest, next) => {
    expect(nextVersion(latest, today)).toBe(next);
    if (latest) expect(next > latest).toBe(true);
  });

  it('refuses a latest version that would not sort', () => {
    expect(() => nextVersion('2026.3.1', today)).toThrow(
      'The latest version is called "2026.3.1", expected YYYY.MM.DD or YYYY.MM.DD.N',
    );
  });
});
