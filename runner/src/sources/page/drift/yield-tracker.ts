import { z } from 'zod';
import type { LookUpResult } from '../reading/look-up-result.ts';

/**
 * What a source yielded: sums over look-ups, kept per source and mode. Misses are kept apart, for in name mode most
 * look-ups are misses and say nothing about the pages.
 */
export const sourceYield = z.object({
  /** Look-ups that asked for something. */
  lookUps: z.int().nonnegative(),
  notFound: z.int().nonnegative(),
  /** Performers' pages, recognised or not. */
  pages: z.int().nonnegative(),
  unrecognised: z.int().nonnegative(),
  /** Recognised, without a picture. */
  empty: z.int().nonnegative(),
  images: z.int().nonnegative(),
  /** Pages whose pictures have been looked at for faces, and what was taken from them. */
  judged: z.int().nonnegative(),
  faces: z.int().nonnegative(),
  /** Look-ups in which each selector found something. */
  matched: z.record(z.string(), z.int().nonnegative()),
});
export type SourceYield = z.infer<typeof sourceYield>;

export const noYield: SourceYield = {
  lookUps: 0,
  notFound: 0,
  pages: 0,
  unrecognised: 0,
  empty: 0,
  images: 0,
  judged: 0,
  faces: 0,
  matched: {},
};

export type YieldVerdict =
  | { kind: 'steady' }
  /** `selector` stopped matching; null when none did and the pictures themselves have become useless. */
  | { kind: 'collapsed'; selector: string | null; figures: string };

export interface YieldTracker {
  note(result: LookUpResult): void;
  /** The faces that were taken from the pictures of one page, once they have been looked at. */
  noteFaces(faces: number): void;
  verdict(): YieldVerdict;
  /** Of this run alone. */
  current(): SourceYield;
  /** The history with this run in it, for the next one. A run that collapsed leaves the history as it was. */
  remembered(): SourceYield;
}

/** Fewer say too little: one performer in four having no picture gives ten in a row once in a million. */
const MIN_PAGES = 20;
const MIN_HISTORY_PAGES = 20;
/** Of the history's figure; sites change slowly, and markup at once. */
const COLLAPSE_RATIO = 0.2;
/** By how much the share of pages without use must have grown. */
const COLLAPSE_SHARE = 0.6;
/** Older runs fade, so that a site that has grown poorer is measured by its own present. */
const MAX_HISTORY_LOOK_UPS = 5_000;

/** Compares a run with the source's own past. Without a past every page of the run would have to be useless. */
export function createYieldTracker(history: SourceYield = noYield): YieldTracker {
  let current = noYield;
  return {
    note(result) {
      current = add(current, yieldOf(result));
    },
    noteFaces(faces) {
      current = add(current, { ...noYield, judged: 1, faces });
    },
    verdict: () => judgeYield(history, current),
    current: () => current,
    remembered: () =>
      judgeYield(history, current).kind === 'collapsed' ? history : fade(add(history, current)),
  };
}

/** Pure: the verdict on a run, given the source's past. */
export function judgeYield(history: SourceYield, current: SourceYield): YieldVerdict {
  const collapse = missesCollapse(history, current) ?? pagesCollapse(history, current);
  if (collapse === null) return { kind: 'steady' };
  return { kind: 'collapsed', selector: lostSelector(history, current), figures: collapse };
}

/** Sites without a sign for "nobody" make a changed page look like a miss. */
function missesCollapse(history: SourceYield, current: SourceYield): string | null {
  if (current.lookUps < MIN_PAGES || history.lookUps < MIN_HISTORY_PAGES) return null;
  const [before, now] = [share(history.notFound, history.lookUps), share(current.notFound, current.lookUps)];
  if (now - before < COLLAPSE_SHARE) return null;
  return `${percent(now)} of ${current.lookUps} look-ups found nobody, before it was ${percent(before)}`;
}

function pagesCollapse(history: SourceYield, current: SourceYield): string | null {
  if (current.pages < MIN_PAGES) return null;
  const useless = (one: SourceYield) => share(one.empty + one.unrecognised, one.pages);
  if (history.pages < MIN_HISTORY_PAGES) {
    return useless(current) === 1 ? `none of the first ${current.pages} pages had a picture` : null;
  }
  if (useless(current) - useless(history) >= COLLAPSE_SHARE) {
    return `${percent(useless(current))} of ${current.pages} pages had no picture, before it was ${percent(useless(history))}`;
  }
  return (
    ratioCollapse('images', 'pages', history, current) ?? ratioCollapse('faces', 'judged', history, current)
  );
}

function ratioCollapse(
  what: 'images' | 'faces',
  of: 'pages' | 'judged',
  history: SourceYield,
  current: SourceYield,
): string | null {
  if (current[of] < MIN_PAGES) return null;
  const [before, now] = [share(history[what], history[of]), share(current[what], current[of])];
  if (before === 0 || now >= before * COLLAPSE_RATIO) return null;
  return `${now.toFixed(2)} ${what} per page over ${current[of]} pages, before it was ${before.toFixed(2)}`;
}

/** The selector whose share of look-ups fell the most, when it fell by more than half. */
function lostSelector(history: SourceYield, current: SourceYield): string | null {
  const names = Object.keys(history.pages === 0 ? current.matched : history.matched);
  const losses = names.map((name) => {
    const before = history.pages === 0 ? 1 : share(history.matched[name] ?? 0, history.lookUps);
    const now = share(current.matched[name] ?? 0, current.lookUps);
    return { name, loss: before === 0 ? 0 : 1 - now / before, before };
  });
  const worst = losses
    .filter(({ loss }) => loss > 0.5)
    .toSorted((a, b) => b.loss - a.loss || b.before - a.before);
  return worst[0]?.name ?? null;
}

function yieldOf({ outcome, images, matched, pages }: LookUpResult): SourceYield {
  const isPage = outcome === 'found' || outcome === 'empty' || outcome === 'unrecognised';
  const hasAsked = outcome !== 'skipped' && outcome !== 'failed' && outcome !== 'unchanged';
  const counted = pages.length > 0 ? matched : {};
  return {
    lookUps: Number(hasAsked),
    notFound: Number(outcome === 'not_found'),
    pages: Number(isPage),
    unrecognised: Number(outcome === 'unrecognised'),
    empty: Number(outcome === 'empty'),
    images: images.length,
    judged: 0,
    faces: 0,
    matched: Object.fromEntries(Object.entries(counted).map(([name, count]) => [name, Number(count > 0)])),
  };
}

function add(one: SourceYield, other: SourceYield): SourceYield {
  const matched = { ...one.matched };
  for (const [name, count] of Object.entries(other.matched)) matched[name] = (matched[name] ?? 0) + count;
  return {
    lookUps: one.lookUps + other.lookUps,
    notFound: one.notFound + other.notFound,
    pages: one.pages + other.pages,
    unrecognised: one.unrecognised + other.unrecognised,
    empty: one.empty + other.empty,
    images: one.images + other.images,
    judged: one.judged + other.judged,
    faces: one.faces + other.faces,
    matched,
  };
}

function fade(total: SourceYield): SourceYield {
  if (total.lookUps <= MAX_HISTORY_LOOK_UPS) return total;
  const factor = MAX_HISTORY_LOOK_UPS / total.lookUps;
  const scale = (value: number) => Math.round(value * factor);
  return {
    lookUps: scale(total.lookUps),
    notFound: scale(total.notFound),
    pages: scale(total.pages),
    unrecognised: scale(total.unrecognised),
    empty: scale(total.empty),
    images: scale(total.images),
    judged: scale(total.judged),
    faces: scale(total.faces),
    matched: Object.fromEntries(Object.entries(total.matched).map(([name, count]) => [name, scale(count)])),
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}
