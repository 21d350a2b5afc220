import { describe, expect, it } from 'vitest';
import { paceOf } from './views.ts';

const minute = 60_000;

describe('the pace', () => {
  it('is the rate since the beginning, and what is left at that rate', () => {
    const counted = { processed: 120, total: 360, startedAt: 0, finishedAt: null };
    expect(paceOf(counted, 2 * minute)).toEqual({ per_minute: 60, eta_s: 240, is_guess: false });
  });

  it('is unknown before anything was counted', () => {
    const none = { per_minute: null, eta_s: null, is_guess: true };
    expect(paceOf({ processed: 0, total: 10, startedAt: 0, finishedAt: null }, minute)).toEqual(none);
    expect(paceOf({ processed: 5, total: 10, startedAt: null, finishedAt: null }, minute)).toEqual(none);
  });

  it.each([
    ['so few', { processed: 5 }],
    ['an unknown total', { total: null }],
    ['a total that is not whole yet', { isTotalPartial: true }],
  ])('says that it guesses from %s', (_, over) => {
    const counted = { processed: 120, total: 360, startedAt: 0, finishedAt: null, ...over };
    expect(paceOf(counted, 2 * minute).is_guess).toBe(true);
  });

  it('is final, with nothing left, once it is over', () => {
    const counted = { processed: 5, total: 5, startedAt: 0, finishedAt: 2 * minute };
    expect(paceOf(counted, 90 * minute)).toEqual({ per_minute: 2.5, eta_s: null, is_guess: false });
  });

  it('never promises less than no time', () => {
    const counted = { processed: 120, total: 100, startedAt: 0, finishedAt: null };
    expect(paceOf(counted, minute).eta_s).toBe(0);
  });
});
