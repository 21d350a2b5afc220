import { partCount } from '@trainer/contract/versions';
import type { ArtifactRow, PartRow } from './store.ts';

/** Numbers of the artifact's parts that are not stored yet. */
export function missingParts({ name, size, isComplete }: ArtifactRow, stored: readonly PartRow[]): number[] {
  if (isComplete) return [];
  const there = new Set(stored.filter(({ artifact }) => artifact === name).map(({ number }) => number));
  return Array.from({ length: partCount(size) }, (_, index) => index + 1).filter(
    (number) => !there.has(number),
  );
}
