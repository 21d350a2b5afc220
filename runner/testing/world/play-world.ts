import type { WritableCatalog } from '../../src/catalog/catalog.ts';
import type { WorldEvent } from './world.ts';

const EVENTS_PER_LOOK = 500;

/** Has the catalog hear of everything, one after the other, as the ingest of a source would. `onProgress` comes now and then. */
export async function playWorld(
  events: readonly WorldEvent[],
  catalog: Pick<WritableCatalog, 'commitPerformer' | 'mergeRecords' | 'removeRecord'>,
  onProgress: () => void = () => {},
): Promise<void> {
  for (const [index, event] of events.entries()) {
    if (index % EVENTS_PER_LOOK === 0) onProgress();
    if (event.kind === 'record') await catalog.commitPerformer({ performer: event.record, images: [] });
    else if (event.kind === 'merged') await catalog.mergeRecords(event.endpoint, event.from, event.into);
    else await catalog.removeRecord(event.endpoint, event.remoteId);
  }
}
