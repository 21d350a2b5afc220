import type { SourceId } from '@trainer/contract/sources';
import { SourceChanged } from '../../http/request-errors.ts';
import type { EnrichSource, KnownPerformer, LookUp, LookUpRequest } from '../base/enrich-source.ts';
import type { YieldTracker } from './drift/yield-tracker.ts';
import type { PageSite } from './open-page-site.ts';

export interface PageSourceOptions {
  id: SourceId;
  site: PageSite;
  /** Names the definition's content. */
  edition?: string;
  /** Of this run; the pipeline tells it of faces. */
  tracker: YieldTracker;
}

/**
 * A reference site behind the port of sources that enrich. It stops when the site's yield collapses: whatever is read after
 * a change of the site is worth little, and its visitors' bandwidth is not ours to waste.
 */
export function openPageSource({ id, site, edition, tracker }: PageSourceOptions): EnrichSource {
  async function lookUp(performer: KnownPerformer, request: LookUpRequest): Promise<LookUp> {
    refuseCollapsed();
    const result = await site.lookUp(performer, request);
    tracker.note(result);
    return result;
  }

  function refuseCollapsed(): void {
    const verdict = tracker.verdict();
    if (verdict.kind === 'steady') return;
    const culprit =
      verdict.selector === null ? '' : `; "${verdict.selector}" of its definition finds nothing any more`;
    throw new SourceChanged(`${id} seems to have changed: ${verdict.figures}${culprit}`);
  }

  return { id, edition, lookUp, fetchImage: site.fetchImage, traffic: site.traffic, close: site.close };
}
