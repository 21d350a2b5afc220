import type { Runner } from '@trainer/contract/leases';
import { shippedSources } from '@trainer/contract/shipped-sources';
import {
  bySourceOrder,
  type SourceDefinition,
  type SourceId,
  sourceDefinitionSchema,
} from '@trainer/contract/sources';
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';
import { sources } from '../db/schema/sources.ts';
import { invalidRequest } from '../http/problem-error.ts';

/** `announced_at` of an unchanged source is updated this often at most, ms. */
const NOTED_EVERY_MS = 10 * 60_000;
/** The definition of a runner that is silent for longer may be replaced by another runner's, ms. */
const DECIDES_MS = 60 * 60_000;

export interface KnownSource {
  definition: SourceDefinition;
  /** The runner whose definition is used, and when any runner last announced the source; null for one that is only shipped. */
  announced: { runnerId: string; at: number } | null;
}

/**
 * The statement that stores a runner's source definitions. If several runners define one id differently, the first one is kept while
 * its runner is active and still announces the source; an owner's definition takes precedence over a built-in one.
 */
export function announceSources(
  { definitions = [], runner_id: runnerId }: Pick<Runner, 'definitions' | 'runner_id'>,
  now: number,
): SQL {
  const rows = definitions.map((source) => ({
    id: source.id,
    origin: source.origin,
    definition: JSON.stringify(source),
  }));
  const isFirstGone = sql`NOT EXISTS (
    SELECT 1 FROM runners, json_each(runners.about, '$.definitions') AS said
    WHERE runners.id = sources.runner_id AND runners.last_seen_at > ${now - DECIDES_MS} AND said.value ->> 'id' = sources.id)`;
  const takes = sql`(sources.runner_id = excluded.runner_id
    OR (excluded.origin = 'owner' AND sources.origin <> 'owner') OR ${isFirstGone})`;
  const taken = (column: SQL) =>
    sql`${column} = CASE WHEN ${takes} THEN excluded.${column} ELSE sources.${column} END`;
  return sql`
    INSERT INTO sources (id, definition, origin, runner_id, announced_at)
    SELECT value ->> 'id', value ->> 'definition', value ->> 'origin', ${runnerId}, ${now}
    FROM json_each(${JSON.stringify(rows)}) WHERE true
    ON CONFLICT (id) DO UPDATE SET ${taken(sql`definition`)}, ${taken(sql`origin`)}, ${taken(sql`runner_id`)},
      announced_at = excluded.announced_at
    WHERE sources.announced_at <= ${now - NOTED_EVERY_MS}
      OR (sources.definition <> excluded.definition AND ${takes})`;
}

/** Every source that this release ships or that a runner has announced, in their order. */
export async function listKnownSources(db: Database): Promise<KnownSource[]> {
  const known = new Map<SourceId, KnownSource>(
    shippedSources.map((definition) => [definition.id, { definition, announced: null }]),
  );
  for (const row of await db.select().from(sources)) {
    // A later release may have stored a definition that this one cannot read.
    const { data } = sourceDefinitionSchema.safeParse(JSON.parse(row.definition));
    const definition = data ?? known.get(row.id)?.definition;
    const announced = { runnerId: row.runnerId, at: row.announcedAt };
    if (definition) known.set(row.id, { definition, announced });
  }
  return [...known.values()].sort((one, other) => bySourceOrder(one.definition, other.definition));
}

/** The definition of every known source. */
export async function listDefinitions(db: Database): Promise<SourceDefinition[]> {
  return (await listKnownSources(db)).map(({ definition }) => definition);
}

/** Gives the title of a source; an unknown source is called by its id. */
export function titlesOf(definitions: readonly SourceDefinition[]): (id: SourceId) => string {
  const titles = new Map(definitions.map(({ id, title }) => [id, title]));
  return (id) => titles.get(id) ?? id;
}

/**
 * Refuses unknown source ids in a request; null stands for an id that is not checked.
 *
 * @throws {ProblemError} `invalid_request` with the index of each wrong id in `field`
 */
export function requireSources(
  ids: readonly (SourceId | null)[],
  definitions: readonly SourceDefinition[],
  field: string,
): void {
  const errors = ids.flatMap((id, at) => {
    if (id === null || definitions.some((each) => each.id === id)) return [];
    const message = `"${id}" is no source that this release ships or that a runner has announced`;
    return [{ field: `${field}.${at}`, message }];
  });
  if (errors.length > 0)
    throw invalidRequest({ errors: errors.slice(0, 20), more: Math.max(0, errors.length - 20) });
}
