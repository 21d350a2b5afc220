import { describe, expect, it } from 'vitest';
import { etaText, rateText, shareDone } from './pace-text.ts';

describe('pace in words', () => {
  it('calls a guess a guess', () => {
    expect(etaText({ per_minute: 84, eta_s: 724, is_guess: true })).toBe('perhaps 12 min (a guess)');
    expect(etaText({ per_minute: 84, eta_s: 724, is_guess: false })).toBe('about 12 min');
  });

  it('does not invent what is not known', () => {
    const pace = { per_minute: null, eta_s: null, is_guess: true };
    expect([rateText(pace), etaText(pace)]).toEqual(['not known yet', 'not known yet']);
    expect([shareDone(3, null), shareDone(0, 0)]).toEqual([null, null]);
  });

  it('never exceeds the whole', () => {
    expect(shareDone(12, 10)).toBe(1);
  });
});
