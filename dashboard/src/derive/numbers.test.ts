import { describe, expect, it } from 'vitest';
import {
  countOf,
  formatBytes,
  formatCount,
  formatDelta,
  formatRate,
  formatShare,
  listOf,
} from './numbers.ts';

describe('numbers for people', () => {
  it('groups digits, and shows what is not known as a dash', () => {
    expect(formatCount(12_480)).toBe('12,480');
    expect(formatCount(null)).toBe('–');
  });

  it('gives differences their sign', () => {
    expect([12, -1_300, 0].map(formatDelta)).toEqual(['+12', '−1,300', '±0']);
  });

  it('keeps a decimal only where it says something', () => {
    expect([3.42, 84.2].map(formatRate)).toEqual(['3.4', '84']);
    expect(formatShare(0.9874)).toBe('98.7 %');
    expect([512, 8_388_608, 851_902_464].map(formatBytes)).toEqual(['512 B', '8 MB', '812 MB']);
  });

  it('counts and lists in sentences', () => {
    expect([countOf(1, 'face'), countOf(2, 'face')]).toEqual(['1 face', '2 faces']);
    expect([listOf([]), listOf(['A']), listOf(['A', 'B', 'C'])]).toEqual(['', 'A', 'A, B and C']);
  });
});
