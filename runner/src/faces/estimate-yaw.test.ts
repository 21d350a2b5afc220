import { describe, expect, it } from 'vitest';
import { estimateYaw } from './judge-faces.ts';
import type { Landmarks, Point } from './picture.ts';

function face(left: Point, right: Point, nose: Point): Landmarks {
  return [left, right, nose, [0, 0], [0, 0]];
}

describe('estimateYaw', () => {
  it.each<[number, Landmarks]>([
    [1.4431, face([120.5, 150.25], [180, 148], [151, 185.5])],
    [-16.6015, face([300, 200], [360, 230], [320, 262])],
    [45, face([100, 100], [160, 100], [160, 130])],
  ])('gives %f degrees', (degrees, landmarks) => {
    expect(estimateYaw(landmarks)).toBeCloseTo(degrees, 3);
  });

  it('has no answer when both eyes are at one point', () => {
    expect(estimateYaw(face([5, 5], [5, 5], [6, 6]))).toBeNull();
  });
});
