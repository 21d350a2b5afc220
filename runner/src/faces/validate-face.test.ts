import { describe, expect, it } from 'vitest';
import { loadPack } from '../models/load-pack.ts';
import { samePersonThreshold, validateFace } from './validate-face.ts';

const { matching } = loadPack('stash-sense');
const face = Float32Array.of(1, 0);

/** A unit vector at this cosine distance from `face`. */
function at(distance: number): Float32Array {
  const cosine = 1 - distance;
  return Float32Array.of(cosine, Math.sqrt(1 - cosine * cosine));
}

describe('validateFace', () => {
  it('accepts whatever a high-trust source brings', () => {
    expect(validateFace('high', face, [], matching)).toMatchObject({ accepted: true, reason: 'high_trust' });
  });

  it('refuses medium trust while the performer has no face', () => {
    expect(validateFace('medium', face, [], matching)).toMatchObject({
      accepted: false,
      reason: 'no_existing_faces',
    });
  });

  it.each([
    [1, 0.34, true],
    [1, 0.36, false],
    [2, 0.39, true],
    [3, 0.41, false],
    [4, 0.44, true],
    [12, 0.46, false],
  ])('with %i held faces, a nearest distance of %f is accepted: %s', (held, distance, accepted) => {
    const faces = [at(distance), ...Array.from({ length: held - 1 }, () => at(0.9))];
    const validation = validateFace('medium', face, faces, matching);
    expect(validation).toMatchObject({ accepted, reason: accepted ? 'matched_existing' : 'no_match' });
    expect(validation.distance).toBeCloseTo(distance, 5);
  });

  it('has thresholds of its own for every pack', () => {
    expect(samePersonThreshold(1, loadPack('starter').matching)).toBe(0.59);
    expect(samePersonThreshold(5, matching)).toBe(0.45);
  });
});
