import { type Gender, genders, type SourceId } from '@trainer/contract/sources';
import { and, asc, count, eq, exists, gt, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { CatalogDatabase } from '../catalog/database.ts';
import { pageNames } from '../catalog/schema/look-ups.ts';
import { performerRecords, urls } from '../catalog/schema/performers.ts';
import { SITE_RULES } from '../catalog/site-rules.ts';
import { isCreator, priorityOf, type SourceDefinitions } from '../catalog/source-definitions.ts';
import { findPerformers, type HeldPerformer, type HeldRecord } from '../exclusions/read-performers.ts';
import type { KnownSources } from '../sources/definition/known-sources.ts';

const PERFORMERS_PER_PAGE = 200;

/** A performer of the catalog who may be looked up elsewhere. */
export interface Candidate {
  held: HeldPerformer;
  name: string;
  /** Of its records. */
  aliases: string[];
  /** Of pages that were read earlier. */
  pageNames: string[];
  /** Of live records, the most authoritative first. */
  records: HeldRecord[];
  gender: Gender | null;
  birthYear: number | null;
}

/** Who is asked about: everybody, or only those of whom an address at the site is known. */
export interface PerformerIterator {
  /** Performers with a larger catalog id than `after`. */
  count(after: number): Promise<number>;
  /** The same, by ascending id. */
  read(after: number): AsyncGenerator<Candidate>;
}

/** A site that performers are linked to. */
export interface LinkedSite {
  /** The key that the normaliser of addresses writes for it, if it knows the site. */
  id: SourceId;
  /** Its hosts, by which it is found in addresses that the normaliser knows nothing of. */
  hosts: readonly string[];
}

/** A reference site as `openPerformerIterator` wants it. */
export function linkedSite(known: KnownSources, id: SourceId): LinkedSite {
  return { id, hosts: known.loaded.get(id)?.defined?.page?.hosts ?? [] };
}

/** @param site the site whose address they must have; null for everybody */
export function openPerformerIterator(database: CatalogDatabase, site: LinkedSite | null): PerformerIterator {
  const { db } = database;
  const isWanted = (after: number): SQL | undefined =>
    and(
      gt(performerRecords.performerId, after),
      eq(performerRecords.deleted, false),
      site === null
        ? undefined
        : exists(
            db
              .select({ url: urls.url })
              .from(urls)
              .where(and(eq(urls.recordId, performerRecords.id), isAddressAt(site))),
          ),
    );

  async function* read(from: number): AsyncGenerator<Candidate> {
    for (let after = from; ; ) {
      const rows = await db
        .selectDistinct({ id: performerRecords.performerId })
        .from(performerRecords)
        .where(isWanted(after))
        .orderBy(asc(performerRecords.performerId))
        .limit(PERFORMERS_PER_PAGE);
      const ids = rows.map(({ id }) => id);
      yield* await readCandidates(database, ids);
      const last = ids.at(-1);
      if (last === undefined) return;
      after = last;
    }
  }

  return {
    async count(after) {
      const distinct = db
        .selectDistinct({ id: performerRecords.performerId })
        .from(performerRecords)
        .where(isWanted(after))
        .as('wanted');
      const [row] = await db.select({ performers: count() }).from(distinct);
      return row?.performers ?? 0;
    },
    read,
  };
}

/** The candidates with these catalog ids, by ascending id. */
export async function readCandidates(database: CatalogDatabase, ids: number[]): Promise<Candidate[]> {
  if (ids.length === 0) return [];
  const found = await findPerformers(database, ids);
  const gendered = await database.db
    .select({
      id: performerRecords.performerId,
      endpoint: performerRecords.endpoint,
      gender: performerRecords.gender,
    })
    .from(performerRecords)
    .where(and(inArray(performerRecords.performerId, ids), eq(performerRecords.deleted, false)));
  const gendersOf = Map.groupBy(
    gendered.filter(({ endpoint }) => isCreator(database.sources, endpoint)),
    ({ id }) => id,
  );
  const named = await database.db.select().from(pageNames).where(inArray(pageNames.performerId, ids));
  const namesOf = Map.groupBy(named, ({ performerId }) => performerId);
  return found
    .toSorted((one, other) => one.id - other.id)
    .flatMap((held) => {
      const gender =
        gendersOf.get(held.id)?.toSorted(byPriority(database.sources)).map(readGender).find(Boolean) ?? null;
      const given = (namesOf.get(held.id) ?? []).map(({ name }) => name);
      return candidateOf(held, gender, given, database.sources) ?? [];
    });
}

function candidateOf(
  held: HeldPerformer,
  gender: Gender | null,
  given: string[],
  sources: SourceDefinitions,
): Candidate | null {
  // Only who creates performers says who they are.
  const records = held.records
    .filter((record) => record.isLive && isCreator(sources, record.endpoint))
    .toSorted(byPriority(sources));
  const [first] = records;
  if (!first) return null;
  const names = new Set(records.flatMap(({ name, aliases }) => [name, ...aliases]));
  names.delete(first.name);
  return {
    held,
    name: first.name,
    aliases: [...names],
    pageNames: given.filter((name) => name !== first.name && !names.has(name)),
    records,
    gender,
    birthYear: records.map(({ birthDate }) => birthYearOf(birthDate)).find((year) => year !== null) ?? null,
  };
}

function isAddressAt({ id, hosts }: LinkedSite): SQL | undefined {
  if (SITE_RULES.some(({ site }) => site === id)) return eq(urls.site, id);
  const url = sql`lower(${urls.url}) || '/'`;
  return or(
    ...hosts.flatMap((host) => [
      sql`instr(${url}, ${`//${host}/`}) > 0`,
      sql`instr(${url}, ${`.${host}/`}) > 0`,
    ]),
  );
}

function byPriority(sources: SourceDefinitions) {
  return (one: { endpoint: string }, other: { endpoint: string }) =>
    priorityOf(sources, one.endpoint) - priorityOf(sources, other.endpoint);
}

function readGender({ gender }: { gender: string | null }): Gender | null {
  return genders.find((known) => known === gender?.toUpperCase()) ?? null;
}

function birthYearOf(birthDate: string | null): number | null {
  const year = /^\d{4}/.exec(birthDate ?? '')?.[0];
  return year === undefined ? null : Number(year);
}
