import type { CatalogWriter } from '../../src/catalog/writer.ts';
import { commitPerformer } from '../../src/commit/commit-performer.ts';
import { mergeRecords, removeRecord } from '../../src/commit/remove-performer.ts';
import type { WorldEvent } from './world.ts';

const EVENTS_PER_LOOK = 500;

/** Has the catalog hear of everything, one after the other, as the ingest of a source would. `onProgress` comes now and then. */
export async function loadWorld(
  events: readonly WorldEvent[],
  catalog: CatalogWriter,
  onProgress: () => void = () => {},
): Promise<void> {
  for (const [index, event] of events.entries()) {
    if (index % EVENTS_PER_LOOK === 0) onProgress();
    if (event.kind === 'record') await commitPerformer(catalog, { performer: event.record, images: [] });
    else if (event.kind === 'merged') await mergeRecords(catalog, event.endpoint, event.from, event.into);
    else await removeRecord(catalog, event.endpoint, event.remoteId);
  }
}
