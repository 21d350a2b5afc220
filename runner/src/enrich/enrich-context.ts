import type { ReferenceMode } from '@trainer/contract/sources';
import type { LimitFunction } from 'p-limit';
import type { FaceDemands, ImageContext, IngestContext } from '../ingest/ingest-context.ts';
import type { EnrichSource } from '../sources/enrich-source.ts';
import type { YieldTracker } from '../sources/page/drift/yield-tracker.ts';

/** What every step of one enrich task works with. */
export interface EnrichContext
  extends Omit<ImageContext, 'source'>,
    Pick<IngestContext, 'guard' | 'genderFilter'> {
  source: EnrichSource;
  mode: ReferenceMode;
  faces: FaceDemands;
  /** Equal as long as pictures would be judged the same way. */
  judgedWith: string;
  tracker: YieldTracker;
  /** One look-up at a time, so that a kill costs the page that is under way and no other. */
  oneLookUp: LimitFunction;
  now: () => Date;
}
