import type { SourceId } from '@trainer/contract/sources';
import type { SourceMemory } from '../base/source.ts';
import type { PageRequest, PerformerPage, StashBoxClient } from './client.ts';

interface NumberedPage extends PerformerPage {
  number: number;
  isLast: boolean;
}

/**
 * Pages to the end. When the count falls on the way, rows have moved up by as much, perhaps over the edge of the
 * page read last: that one is read again first.
 */
export async function* readPages(
  client: StashBoxClient,
  { page: first, ...order }: PageRequest,
  signal: AbortSignal,
): AsyncGenerator<NumberedPage> {
  let before = 0;
  for (let number = first; ; number++) {
    const page = await client.queryPerformers({ ...order, page: number }, signal);
    if (page.count < before && number > 1) {
      const again = await client.queryPerformers({ ...order, page: number - 1 }, signal);
      yield { ...again, number: number - 1, isLast: false };
    }
    before = page.count;
    const isLast = page.rows.length === 0 || number * order.perPage >= page.count;
    yield { ...page, number, isLast };
    if (isLast) return;
  }
}

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
