import { describe, expect, it } from 'vitest';
import { cosineDistance, unitVector } from './unit-vector.ts';

describe('unitVector', () => {
  it('averages first and scales after', () => {
    const vector = unitVector([Float32Array.of(3, 0), Float32Array.of(3, 8)]);
    expect([...(vector ?? [])].map((value) => value.toFixed(4))).toEqual(['0.6000', '0.8000']);
  });

  it.each([
    ['zeros', Float32Array.of(0, 0)],
    ['not a number', Float32Array.of(1, Number.NaN)],
    ['infinity', Float32Array.of(1, Number.POSITIVE_INFINITY)],
  ])('refuses %s', (_, raw) => {
    expect(unitVector([raw])).toBeNull();
  });
});

describe('cosineDistance', () => {
  it('is 0 for the same direction, 1 at a right angle, 2 for the opposite', () => {
    const x = Float32Array.of(1, 0);
    expect(
      [x, Float32Array.of(0, 1), Float32Array.of(-1, 0)].map((other) => cosineDistance(x, other)),
    ).toEqual([0, 1, 2]);
  });

  it('never leaves 0 to 2, however the numbers of 32 bits are rounded', () => {
    const vectors = Array.from({ length: 200 }, (_, seed) =>
      unitVector([Float32Array.from({ length: 512 }, (_, i) => Math.sin(seed * 512 + i))]),
    ).flatMap((vector) => vector ?? []);
    const toItself = vectors.map((vector) => cosineDistance(vector, vector));
    const toOpposite = vectors.map((vector) =>
      cosineDistance(
        vector,
        vector.map((value) => -value),
      ),
    );
    // Without limits about half of them are outside of them.
    expect([Math.min(...toItself), Math.max(...toOpposite)]).toEqual([0, 2]);
    expect(Math.max(...toItself)).toBeLessThan(1e-6);
  });
});
