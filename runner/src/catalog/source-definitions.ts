import type { Client } from '@libsql/client';
import { shippedSource, shippedSources } from '@trainer/contract/shipped-sources';
import {
  createsPerformers,
  type SourceDefinition,
  type SourceId,
  sourceDefinitionSchema,
} from '@trainer/contract/sources';

/**
 * What the sources are whose data the catalog holds: what runners have written down in it, and what the release ships. It is
 * asked while rows are read, so it answers from memory; `load` brings it up to date, and every task begins with that.
 */
export interface SourceDefinitions {
  find(id: SourceId): SourceDefinition | undefined;
  all(): SourceDefinition[];
  /** When an owner retired it, ISO 8601; null when nobody has. */
  retiredAt(id: SourceId): string | null;
  /** Reads what other runners have written down since. */
  load(): Promise<void>;
  /** Writes down what sources are, for the time when nobody defines them any more. */
  remember(sources: readonly SourceDefinition[], now: Date): Promise<void>;
  /** Ends a source, or takes that back with null. */
  retire(source: SourceDefinition, at: Date | null): Promise<void>;
}

interface Entry {
  source: SourceDefinition;
  retiredAt: string | null;
}

const shippedEntries = (): Map<SourceId, Entry> =>
  new Map(shippedSources.map((source) => [source.id, { source, retiredAt: null }]));

export function createSourceDefinitions(client: Client): SourceDefinitions {
  let entries = shippedEntries();

  async function load(): Promise<void> {
    const { rows } = await client.execute('SELECT id, definition, retired_at FROM sources');
    const found = shippedEntries();
    for (const row of rows) {
      const parsed = sourceDefinitionSchema.safeParse(JSON.parse(String(row.definition)));
      // A later release may have written what this one cannot read; then what this one ships counts.
      const source = parsed.data ?? shippedSource(String(row.id));
      const retiredAt = row.retired_at === null ? null : String(row.retired_at);
      if (source) found.set(source.id, { source, retiredAt });
    }
    entries = found;
  }

  async function remember(sources: readonly SourceDefinition[], now: Date): Promise<void> {
    if (sources.length === 0) return;
    await client.execute({
      sql: `INSERT INTO sources (id, definition, defined_at)
        SELECT value->>'id', value->>'definition', ? FROM json_each(?) WHERE true
        ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, defined_at = excluded.defined_at
        WHERE definition <> excluded.definition`,
      args: [
        now.toISOString(),
        JSON.stringify(sources.map((source) => ({ id: source.id, definition: JSON.stringify(source) }))),
      ],
    });
    await load();
  }

  async function retire(source: SourceDefinition, at: Date | null): Promise<void> {
    const time = at?.toISOString() ?? null;
    await client.execute({
      sql: `INSERT INTO sources (id, definition, defined_at, retired_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET retired_at = excluded.retired_at`,
      args: [source.id, JSON.stringify(source), time ?? '', time],
    });
    await load();
  }

  return {
    find: (id) => entries.get(id)?.source,
    all: () => [...entries.values()].map(({ source }) => source),
    retiredAt: (id) => entries.get(id)?.retiredAt ?? null,
    load,
    remember,
    retire,
  };
}

/**
 * Whether a source's word makes a performer, and is published: a stash-box's, and that of the owner's own folder. What
 * reference sites and the owner's Stash say about known performers serves look-ups and reviews and stays in the catalog, so
 * an alias of theirs is in a version only when a stash-box lists it too.
 */
export function isCreator(book: Pick<SourceDefinitions, 'find'>, endpoint: string): boolean {
  const source = book.find(endpoint);
  return source !== undefined && createsPerformers(source);
}

/** Which endpoint's metadata wins: the smaller one. */
export function priorityOf(book: Pick<SourceDefinitions, 'find'>, endpoint: string): number {
  return book.find(endpoint)?.priority ?? Number.MAX_SAFE_INTEGER;
}
