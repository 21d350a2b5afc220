import { describe, expect, it } from 'vitest';
import { latestOccurrence, nextOccurrences } from './occurrences.ts';

const next = (cron: string, from: string, count: number, time_zone = 'Europe/Berlin') =>
  nextOccurrences({ cron, time_zone }, Date.parse(from), count).map(short);
const latest = (cron: string, at: string, time_zone = 'Europe/Berlin') =>
  short(latestOccurrence({ cron, time_zone }, Date.parse(at)) ?? 0);
const short = (ms: number) => new Date(ms).toISOString().slice(5, 16);

describe('occurrences', () => {
  it('follow the time of day through summer and winter', () => {
    expect(next('0 3 * * *', '2026-03-28T00:00:00Z', 2)).toEqual(['03-28T02:00', '03-29T01:00']);
    expect(next('0 3 * * *', '2026-10-24T00:00:00Z', 2)).toEqual(['10-24T01:00', '10-25T02:00']);
  });

  it('come right after the jump when it leaves their time out', () => {
    expect(next('30 2 * * *', '2026-03-28T12:00:00Z', 2)).toEqual(['03-29T01:00', '03-30T00:30']);
  });

  it('come once when their time is there twice, the first time', () => {
    expect(next('30 2 * * *', '2026-10-24T12:00:00Z', 2)).toEqual(['10-25T00:30', '10-26T01:30']);
  });

  it('go by the hours that there are when they come more often than daily', () => {
    expect(next('0 1-3 * * *', '2026-03-28T12:00:00Z', 3)).toEqual([
      '03-29T00:00',
      '03-29T01:00',
      '03-29T23:00',
    ]);
    expect(next('0 * * * *', '2026-10-24T23:30:00Z', 3)).toEqual([
      '10-25T00:00',
      '10-25T01:00',
      '10-25T02:00',
    ]);
  });

  it('are the same looked at from after them, to the second', () => {
    expect(latest('30 2 * * *', '2026-03-29T01:00:00.000Z')).toBe('03-29T01:00');
    expect(latest('30 2 * * *', '2026-03-29T00:59:59.999Z')).toBe('03-28T01:30');
    expect(latest('30 2 * * *', '2026-10-25T01:45:00Z')).toBe('10-25T00:30');
    expect(latest('0 * * * *', '2026-10-25T01:45:00Z')).toBe('10-25T01:00');
  });
});
