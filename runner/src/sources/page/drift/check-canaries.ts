import type { SiteDefinition } from '../definition/definition.ts';
import type { LookUpResult } from '../reading/look-up-result.ts';
import type { Matched } from '../reading/read-performer.ts';

/** One thing that a good page yields, and what it yielded. */
export interface CanaryCheck {
  /** The page's kind. */
  page: 'performer' | 'gallery';
  selector: string;
  expected: number;
  found: number;
  ok: boolean;
}

/**
 * Holds what a look-up read against what a good page must yield. `result` is of a performer who is known to be there
 * with pictures. Of several galleries the best counts, because one may be empty for reasons of its own.
 */
export function checkCanaries({ canaries }: SiteDefinition, { pages }: LookUpResult): CanaryCheck[] {
  const performer = pages.filter(({ kind }) => kind === 'performer' || kind === 'listing');
  const gallery = pages.filter(({ kind }) => kind === 'gallery');
  return [
    ...check(
      'performer',
      canaries.performer,
      performer.map(({ matched }) => matched),
    ),
    ...check(
      'gallery',
      canaries.gallery ?? {},
      gallery.map(({ matched }) => matched),
    ),
  ];
}

function check(page: CanaryCheck['page'], expected: Matched, readings: Matched[]): CanaryCheck[] {
  return Object.entries(expected).map(([selector, count]) => {
    const found = Math.max(0, ...readings.map((matched) => matched[selector] ?? 0));
    return { page, selector, expected: count, found, ok: found >= count };
  });
}
