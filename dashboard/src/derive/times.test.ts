import { describe, expect, it } from 'vitest';
import { elapsedMs, formatAgo, formatDuration } from './times.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

describe('moments for people', () => {
  it('shows durations with two units at most', () => {
    const ms = [0, 73_000, 3_600_000, 3_600_000 * 26 + 60_000 * 5];
    expect(ms.map(formatDuration)).toEqual(['0 s', '1 min 13 s', '1 h', '1 d 2 h']);
  });

  it('says how long ago, and the date beyond a month', () => {
    const ago = (ms: number) => formatAgo(new Date(now - ms).toISOString(), now);
    expect([1_000, 180_000, 86_400_000, 86_400_000 * 40].map(ago)).toEqual([
      'just now',
      '3 minutes ago',
      'yesterday',
      '2026-10-13',
    ]);
  });

  it('measures to the end, or to now, or not at all', () => {
    const start = '2026-11-22T11:59:00.000Z';
    expect(elapsedMs(start, '2026-11-22T11:59:30.000Z', now)).toBe(30_000);
    expect(elapsedMs(start, null, now)).toBe(60_000);
    expect(elapsedMs(null, null, now)).toBeNull();
  });
});
