import { isCreator, type SourceBook } from '../catalog/source-book.ts';
import type { ContentFilter, SelectedPerformer } from '../versions/select-content.ts';
import type { Guard } from './guard.ts';

/**
 * What may be in a version: what creating sources say, about people whom the guard lets in. The catalog was cleaned before;
 * this holds for whatever came in since.
 */
export function contentFilter(guard: Guard, sources: SourceBook): ContentFilter {
  return {
    keepsRecord: ({ endpoint }) => isCreator(sources, endpoint),
    keepsPerformer: (performer) => guard.refusalOfHeld(asHeld(performer)) === null,
    keepsFace: () => true,
  };
}

function asHeld({ id, records }: SelectedPerformer) {
  return {
    id,
    records: records.map((record) => ({
      ...record,
      urls: record.urls.map(({ url }) => url),
      isLive: true,
    })),
  };
}
