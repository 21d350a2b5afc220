import type { Gender, ReferenceMode } from '@trainer/contract/sources';
import type { LimitFunction } from 'p-limit';
import type { Guard } from '../exclusions/guard.ts';
import type { FaceSettings, ImageContext } from '../pictures/face-settings.ts';
import type { EnrichSource } from '../sources/base/enrich-source.ts';
import type { YieldTracker } from '../sources/page/drift/yield-tracker.ts';

/** What every step of one enrich task works with. */
export interface EnrichContext extends Omit<ImageContext, 'source'> {
  /** Decides who must stay out. */
  guard: Guard;
  genderFilter: Gender | null;
  source: EnrichSource;
  mode: ReferenceMode;
  faces: FaceSettings;
  /** Equal as long as pictures would be judged the same way. */
  judgedWith: string;
  tracker: YieldTracker;
  /** One look-up at a time, so that a kill costs the page that is under way and no other. */
  oneLookUp: LimitFunction;
  now: () => Date;
}
