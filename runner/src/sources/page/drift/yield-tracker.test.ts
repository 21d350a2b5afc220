import { describe, expect, it } from 'vitest';
import { knownAs, openTestSite } from '../../../../testing/sites/open-test-site.ts';
import { type LookUpResult, type Outcome, skipped } from '../reading/look-up-result.ts';
import { checkCanaries } from './check-canaries.ts';
import { createYieldTracker, type SourceYield, sourceYield } from './yield-tracker.ts';

function result(outcome: Outcome, images = 0, matched: Record<string, number> = {}): LookUpResult {
  const image = {
    url: 'https://x/',
    fallbacks: [],
    pageUrl: '',
    rule: '',
    widthPx: null,
    heightPx: null,
    revision: null,
  };
  const pages = [{ url: '', kind: 'performer' as const, matched }];
  return { ...skipped(''), outcome, matched, pages, images: Array.from({ length: images }, () => image) };
}

const good = () => result('found', 4, { exists: 1, name: 1, 'images.profile': 4 });

function pastOf(lookUps: () => LookUpResult, count: number): SourceYield {
  const tracker = createYieldTracker();
  for (let i = 0; i < count; i++) {
    tracker.note(i % 4 === 3 ? result('empty', 0, { exists: 1, name: 1, 'images.profile': 0 }) : lookUps());
    tracker.noteFaces(2);
  }
  // Through JSON, as it is kept between runs.
  return sourceYield.parse(JSON.parse(JSON.stringify(tracker.remembered())));
}

function judge(
  history: SourceYield | undefined,
  lookUp: () => LookUpResult,
  count: number,
  faces: number | null = 2,
) {
  const tracker = createYieldTracker(history);
  for (let i = 0; i < count; i++) {
    tracker.note(lookUp());
    if (faces !== null) tracker.noteFaces(faces);
  }
  return tracker;
}

describe('a source’s yield', () => {
  const history = pastOf(good, 100);

  it('is steady while it is as it was, and while too little is known', () => {
    expect(judge(history, good, 200).verdict()).toEqual({ kind: 'steady' });
    expect(judge(history, () => result('empty'), 19).verdict()).toEqual({ kind: 'steady' });
    expect(judge(history, good, 50, null).verdict()).toEqual({ kind: 'steady' });
  });

  it('collapses when a selector stops matching, and names it', () => {
    const verdict = judge(
      history,
      () => result('empty', 0, { exists: 1, name: 1, 'images.profile': 0 }),
      20,
    ).verdict();
    expect(verdict).toEqual({
      kind: 'collapsed',
      selector: 'images.profile',
      figures: '100 % of 20 pages had no picture, before it was 25 %',
    });
  });

  it('collapses when pages are no longer recognised', () => {
    const verdict = judge(history, () => result('unrecognised', 0, { exists: 0, name: 0 }), 20).verdict();
    expect(verdict).toMatchObject({
      kind: 'collapsed',
      selector: expect.stringMatching(/exists|name|images/),
    });
  });

  it('collapses when everybody is gone at once', () => {
    const verdict = judge(history, () => result('not_found'), 30).verdict();
    expect(verdict).toMatchObject({
      kind: 'collapsed',
      figures: '100 % of 30 look-ups found nobody, before it was 0 %',
    });
  });

  it('does not mind misses that were always there', () => {
    const misses = pastOf(() => result('not_found'), 100);
    expect(judge(misses, () => result('not_found'), 50).verdict()).toEqual({ kind: 'steady' });
  });

  it('collapses when the pictures have no faces any more, and blames no selector', () => {
    expect(judge(history, good, 40, 0).verdict()).toEqual({
      kind: 'collapsed',
      selector: null,
      figures: '0.00 faces per page over 40 pages, before it was 2.00',
    });
  });

  it('collapses at the first run when nothing is found at all', () => {
    expect(
      judge(undefined, () => result('empty', 0, { name: 1, 'images.profile': 0 }), 20).verdict(),
    ).toEqual({
      kind: 'collapsed',
      selector: 'images.profile',
      figures: 'none of the first 20 pages had a picture',
    });
  });

  it('is not remembered from a run that collapsed', () => {
    expect(judge(history, () => result('empty'), 500).remembered()).toEqual(history);
    expect(judge(history, good, 10).remembered().lookUps).toBe(110);
  });

  it('fades, so that the past does not outweigh the present for ever', () => {
    const long = judge(history, good, 6_000).remembered();
    expect(long.lookUps).toBe(5_000);
    expect(long.images / long.pages).toBeCloseTo(4, 1);
  });
});

it('canaries name the selector that a changed site no longer fits', async () => {
  await using met = await openTestSite('boobpedia', {
    rebuild: (world) => ({
      ...world,
      pages: new Map(
        [...world.pages].map(([path, page]) => [path, page.replaceAll('infobox', 'person-card')]),
      ),
    }),
  });
  const signal = new AbortController().signal;
  const read = await met.site.lookUp(knownAs({ urls: [met.world.storedUrl] }), { mode: 'url', signal });
  const failed = checkCanaries(met.definition, read).filter(({ ok }) => !ok);
  expect(failed).toEqual([
    { page: 'performer', selector: 'images.infobox', expected: 1, found: 0, ok: false },
  ]);
});
