import { reviewKinds } from '@trainer/contract/reviews';
import { describe, expect, it } from 'vitest';
import { appliedText, decisionKeys, decisionLabel, decisionOfKey, kindLabels } from './review-text.ts';

describe('words for reviews', () => {
  it('has a name for every kind, and one of its own for every decision that fits it', () => {
    for (const kind of ['duplicate', 'doubtful_face', 'conflict'] as const) {
      expect(kindLabels[kind]).toMatch(/^[A-Z]/);
      const words = reviewKinds[kind].decisions.map((decision) => decisionLabel(kind, decision));
      expect(new Set(words).size).toBe(words.length);
    }
  });

  it('takes the key of an offered decision, and no other', () => {
    expect(new Set(Object.values(decisionKeys)).size).toBe(3);
    expect(decisionOfKey({ choices: ['same', 'drop'] }, 'X')).toBe('drop');
    expect(decisionOfKey({ choices: ['same', 'drop'] }, 'd')).toBeNull();
    expect(decisionOfKey({ choices: ['same', 'drop'] }, 'Shift')).toBeNull();
  });

  it('says what becomes of a decision', () => {
    const decision = { decision: 'same', actor: 'owner', at: '2026-11-22T12:00:00Z' } as const;
    expect(appliedText({ decision: { ...decision, applied_run_id: null } })).toBe('The next run applies it.');
    expect(appliedText({ decision: { ...decision, applied_run_id: 7 } })).toBe('Applied in run 7.');
    expect(appliedText({ decision: null })).toBe('');
  });
});
