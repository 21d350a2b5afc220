import type { SourceId } from '@trainer/shared/sources';
import type { EnrichSource, KnownPerformer, LookUp, LookUpRequest } from '../enrich-source.ts';
import { SourceBlocked } from '../errors.ts';
import type { Validators } from '../source.ts';
import type { YieldTracker } from './drift/yield-tracker.ts';
import type { LookUpResult } from './look-up-result.ts';
import type { PageSite } from './open-page-site.ts';

export interface PageSourceOptions {
  id: SourceId;
  site: PageSite;
  /** Of this run; the pipeline tells it of faces. */
  tracker: YieldTracker;
  /** What an earlier look-up was told about a page. */
  known?: (pageUrl: string) => Validators | null;
  /** Hears everything that a look-up read, for what is to be remembered of it. */
  onResult?: (performer: KnownPerformer, result: LookUpResult) => void;
}

/**
 * A reference site behind the port of sources that enrich. It stops when the site's yield collapses: whatever is read after
 * a change of the site is worth little, and its visitors' bandwidth is not ours to waste.
 */
export function openPageSource({ id, site, tracker, known, onResult }: PageSourceOptions): EnrichSource {
  async function lookUp(performer: KnownPerformer, request: LookUpRequest): Promise<LookUp> {
    refuseCollapsed();
    const result = await site.lookUp(performer, { ...request, known });
    tracker.note(result);
    onResult?.(performer, result);
    if (result.outcome !== 'unchanged') return { ...result, outcome: result.outcome };
    return { ...result, outcome: 'skipped', reason: 'its pages are as they were' };
  }

  function refuseCollapsed(): void {
    const verdict = tracker.verdict();
    if (verdict.kind === 'steady') return;
    const culprit =
      verdict.selector === null ? '' : `; "${verdict.selector}" of its definition finds nothing any more`;
    throw new SourceBlocked(`${id} seems to have changed: ${verdict.figures}${culprit}`);
  }

  return { id, lookUp, fetchImage: site.fetchImage, traffic: site.traffic, close: site.close };
}
