import type { Source, SourceEvent, SourceMemory } from '../src/sources/base/source.ts';

/** What a catalog would remember of a source, for tests of adapters without one. */
export function createSourceMemory() {
  const seen = new Set<string>();
  const held = new Set<string>();
  const memory: SourceMemory = {
    seenIds: async (scan, ids) => new Set(ids.filter((id) => seen.has(`${scan} ${id}`))),
    seenCount: async (scan) => [...seen].filter((entry) => entry.startsWith(`${scan} `)).length,
    heldIds: async (ids) => new Set(ids.filter((id) => held.has(id))),
    async *knownIds(after = '') {
      yield [...held].filter((id) => id > after).sort();
    },
  };
  const forget = (scan: string) => {
    for (const entry of seen) if (entry.startsWith(`${scan} `)) seen.delete(entry);
  };
  return { seen, held, memory, forget, cursor: null as unknown };
}

export interface ListOptions {
  full?: boolean;
  run?: string;
  /** After as many performers the process is gone. */
  stopAfter?: number;
  onEvent?: (event: SourceEvent) => void;
}

/** Lists and commits as the pipeline does. */
export async function listInto(
  catalog: ReturnType<typeof createSourceMemory>,
  source: Source,
  { full = false, run = '1', stopAfter = Number.POSITIVE_INFINITY, onEvent = () => {} }: ListOptions = {},
): Promise<SourceEvent[]> {
  const events: SourceEvent[] = [];
  const { memory, cursor } = catalog;
  const signal = new AbortController().signal;
  for await (const event of source.list({ cursor, full, run, memory, signal })) {
    events.push(event);
    onEvent(event);
    if (event.kind === 'performer') {
      catalog.held.add(event.performer.record.remoteId);
      catalog.seen.add(`${event.scan} ${event.performer.record.remoteId}`);
    }
    if (event.kind === 'removed') catalog.held.delete(event.remoteId);
    if (event.kind === 'scan_over') catalog.forget(event.scan);
    if ('cursor' in event) catalog.cursor = JSON.parse(JSON.stringify(event.cursor));
    if (pickEvents(events, 'performer').length >= stopAfter) break;
  }
  return events;
}

export function pickEvents<K extends SourceEvent['kind']>(events: SourceEvent[], kind: K) {
  return events.filter((event): event is Extract<SourceEvent, { kind: K }> => event.kind === kind);
}
