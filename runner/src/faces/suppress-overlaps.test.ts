import { describe, expect, it } from 'vitest';
import type { Box } from './picture.ts';
import { suppressOverlaps } from './suppress-overlaps.ts';

const face = (confidence: number, box: Box) => ({ confidence, box });

describe('suppressOverlaps', () => {
  it('keeps the surest of faces that lie on each other, best first', () => {
    const weak = face(0.6, [2, 2, 102, 102]);
    const strong = face(0.9, [0, 0, 100, 100]);
    const apart = face(0.7, [300, 0, 400, 100]);
    expect(suppressOverlaps([weak, apart, strong], 0.4)).toEqual([strong, apart]);
  });

  it('counts both edges of a box: an overlap of exactly the threshold stays', () => {
    // Widths 10 and 10, 4 of them shared, heights equal: 40 / (100 + 100 - 40) = 0.25.
    const left = face(0.9, [0, 0, 9, 9]);
    const right = face(0.8, [6, 0, 15, 9]);
    expect(suppressOverlaps([left, right], 0.25)).toHaveLength(2);
    expect(suppressOverlaps([left, right], 0.249)).toHaveLength(1);
  });
});
