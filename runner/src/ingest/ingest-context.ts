import type { Gender } from '@trainer/contract/sources';
import type { Guard } from '../exclusions/guard.ts';
import type { FaceSettings, ImageContext } from '../pictures/face-settings.ts';
import type { Source } from '../sources/base/source.ts';

/** What every step of one ingest task works with. */
export interface IngestContext extends ImageContext {
  /** Says who must stay out. */
  guard: Guard;
  source: Source;
  genderFilter: Gender | null;
  /** Null when only metadata is wanted. */
  faces: FaceSettings | null;
}
