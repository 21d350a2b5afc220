import type { SourceEvent } from '../base/source.ts';
import type { ThePornDbClient } from './client.ts';
import { RequestRejected } from './fetch-resource.ts';
import { readPages } from './read-pages.ts';
import { readPerformer } from './read-performer.ts';

/** An Elasticsearch listing ends at so many rows, and says that this is the total. */
export const LISTING_LIMIT = 10_000;

/** As ThePornDB writes them, and what they mean. The filter is published; whether it is obeyed is seen from the answer. */
const GENDERS = [
  { text: 'Male', gender: 'MALE' },
  { text: 'Female', gender: 'FEMALE' },
  { text: 'Trans Female', gender: 'TRANSGENDER_FEMALE' },
  { text: 'Trans Male', gender: 'TRANSGENDER_MALE' },
] as const;

/** Where the walk by gender goes on, in the cursor's terms. */
export interface GenderPosition {
  sweep: number;
  page: number;
}

/** What the owner should know of a listing that ends at the limit. */
export function cutOffWarning(limit: number): SourceEvent {
  const performers = limit.toLocaleString('en');
  return {
    kind: 'warning',
    message: `ThePornDB says that it has exactly ${performers} performers: its listing is probably cut off there. Others are looked for by gender, as far as it allows that; whoever is in no listing cannot be seen, and nobody counts as gone`,
  };
}

/**
 * The rows of a listing that is cut off, gender by gender, each of which may be a smaller listing. Ends early where the filter is
 * refused or has no effect.
 *
 * @param from the first sweep is the first gender
 * @param tell makes events of a page's rows
 */
export async function* scanByGender(
  client: ThePornDbClient,
  from: GenderPosition,
  perPage: number,
  toEvents: (rows: unknown[], place: GenderPosition) => AsyncGenerator<SourceEvent>,
  signal: AbortSignal,
): AsyncGenerator<SourceEvent> {
  for (const [sweep, { text, gender }] of GENDERS.entries()) {
    if (sweep < from.sweep) continue;
    const page = sweep === from.sweep ? Math.max(1, from.page - 1) : 1;
    try {
      for await (const { rows, number } of readPages(client, { page, perPage, gender: text }, signal)) {
        if (!rows.every((row) => isOf(gender, row))) return;
        yield* toEvents(rows, { sweep, page: number });
      }
    } catch (error) {
      if (error instanceof RequestRejected) return;
      throw error;
    }
  }
}

/** A row that cannot be read says nothing against the filter. */
function isOf(gender: string, value: unknown): boolean {
  const row = readPerformer(value);
  return !('performer' in row) || row.performer.record.gender === gender;
}
