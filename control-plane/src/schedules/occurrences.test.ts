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

  it.each([
    ['30 2,14 * * *', ['03-29T01:00', '03-29T12:30', '03-30T00:30']],
    ['0,30 2 * * *', ['03-29T01:00', '03-30T00:00', '03-30T00:30']],
    ['10 2,3 * * *', ['03-29T01:00', '03-29T01:10', '03-30T00:10']],
    ['30 */2 * * *', ['03-29T01:00', '03-29T02:30', '03-29T04:30']],
    ['15 2-20/6 * * *', ['03-29T01:00', '03-29T06:15', '03-29T12:15']],
  ])('of several times a day are not lost in a jump forward: %s', (cron, times) => {
    const from = '2026-03-29T00:59:00Z';
    expect(next(cron, from, 3)).toEqual(times);
    expect(latest(cron, '2026-03-29T01:00:00Z')).toBe('03-29T01:00');
  });

  it.each([
    ['30 2,14 * * *', ['10-25T00:30', '10-25T13:30', '10-26T01:30']],
    ['0,30 2 * * *', ['10-25T00:00', '10-25T00:30', '10-26T01:00']],
    ['30 */2 * * *', ['10-24T22:30', '10-25T00:30', '10-25T03:30']],
    ['0 2,3 * * *', ['10-25T00:00', '10-25T02:00', '10-26T01:00']],
  ])('of several times a day are not doubled in a jump back: %s', (cron, times) => {
    expect(next(cron, '2026-10-24T22:00:00Z', 3)).toEqual(times);
    expect(latest(cron, '2026-10-25T01:59:00Z')).toBe(times.filter((time) => time < '10-25T02').at(-1));
  });

  it('at midnight are not lost where clocks change at midnight', () => {
    expect(next('0 */12 * * *', '2026-09-05T17:00:00Z', 2, 'America/Santiago')).toEqual([
      '09-06T04:00',
      '09-06T15:00',
    ]);
  });

  it('go by the hours that there are when they come hourly', () => {
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
