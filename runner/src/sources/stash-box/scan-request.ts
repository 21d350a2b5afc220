import type { SourceId } from '@trainer/contract/sources';
import type { SourceMemory } from '../base/source.ts';

export interface ScanRequest {
  source: SourceId;
  memory: SourceMemory;
  signal: AbortSignal;
  sweeps: readonly Sweep[];
}

/** One walk through the box by name. */
export interface Sweep {
  direction: 'ASC' | 'DESC';
  perPage: number;
}
