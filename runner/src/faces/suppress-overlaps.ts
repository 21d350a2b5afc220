import type { Box } from './picture.ts';

/**
 * Greedy non-maximum suppression, best score first; a box stays while its overlap with every better one is at most
 * `threshold`. Widths count both edges ("+1"), as InsightFace does.
 */
export function suppressOverlaps<Face extends { box: Box; confidence: number }>(
  faces: Face[],
  threshold: number,
): Face[] {
  const kept: Face[] = [];
  for (const candidate of faces.toSorted((a, b) => b.confidence - a.confidence)) {
    if (kept.every((better) => overlap(better.box, candidate.box) <= threshold)) kept.push(candidate);
  }
  return kept;
}

function overlap(a: Box, b: Box): number {
  const width = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]) + 1);
  const height = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]) + 1);
  const shared = width * height;
  return shared / (area(a) + area(b) - shared);
}

function area(box: Box): number {
  return (box[2] - box[0] + 1) * (box[3] - box[1] + 1);
}
