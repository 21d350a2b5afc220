import type { LabelledPhoto, Pair } from './read-lfw.ts';

/** Cosine distance of two photos' faces, by path. */
export type Distance = (first: string, second: string) => number;

const folds = 10;

/**
 * Share of pairs judged right, as LFW counts it: in ten rounds the threshold is chosen on nine tenths of the pairs and tried
 * on the last.
 */
export function verificationAccuracy(
  pairs: Pair[],
  distance: Distance,
): { accuracy: number; threshold: number } {
  const measured = pairs.map((pair) => ({ same: pair.same, distance: distance(pair.first, pair.second) }));
  let right = 0;
  let thresholds = 0;
  for (let fold = 0; fold < folds; fold++) {
    const threshold = bestThreshold(measured.filter((_, i) => i % folds !== fold));
    right += countRight(
      measured.filter((_, i) => i % folds === fold),
      threshold,
    );
    thresholds += threshold;
  }
  return { accuracy: right / measured.length, threshold: thresholds / folds };
}

interface Measured {
  same: boolean;
  distance: number;
}

function bestThreshold(pairs: Measured[]): number {
  const candidates = Array.from({ length: 200 }, (_, i) => i * 0.005);
  return candidates.reduce((best, one) => (countRight(pairs, one) > countRight(pairs, best) ? one : best), 0);
}

function countRight(pairs: Measured[], threshold: number): number {
  return pairs.filter((pair) => pair.distance < threshold === pair.same).length;
}

/** Share of photos whose nearest other photo shows the same person. */
export function selfRecognition(photos: LabelledPhoto[], distance: Distance): number {
  const right = photos.filter((photo) => {
    let nearest: LabelledPhoto | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const other of photos) {
      if (other === photo) continue;
      const apart = distance(photo.path, other.path);
      if (apart < least) [nearest, least] = [other, apart];
    }
    return nearest?.person === photo.person;
  });
  return right.length / photos.length;
}
