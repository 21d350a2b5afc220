import { z } from 'zod';
import { SourceBlocked } from '../../http/request-errors.ts';
import { performerSelection } from './performer-fields.ts';
import { QueryRejected, type RunQuery } from './query.ts';

export interface PerformerPage {
  /** Performers in all, as of this page. */
  count: number;
  /** Unchecked: one bad row must not take its page along. */
  rows: unknown[];
}

export interface PageRequest {
  page: number;
  perPage: number;
  sort: 'NAME' | 'UPDATED_AT';
  direction: 'ASC' | 'DESC';
}

const performerPage = z.object({
  queryPerformers: z.object({ count: z.int().nonnegative(), performers: z.array(z.unknown()) }),
});

const target = z.looseObject({ id: z.string().optional() }).nullish();
const editPage = z.object({
  queryEdits: z.object({
    count: z.int().nonnegative(),
    edits: z.array(
      z.object({ closed: z.string().nullish(), target, merge_sources: z.array(target).nullish() }),
    ),
  }),
});
export type Edit = z.infer<typeof editPage>['queryEdits']['edits'][number];

const state = z.object({ deleted: z.boolean(), merged_into_id: z.string().nullish() }).nullable();
const states = z.record(z.string(), state);
export type PerformerState = z.infer<typeof state>;

const liveRow = z.looseObject({ deleted: z.literal(false) });
const rows = z.record(z.string(), z.unknown());

const typeFields = z.object({
  __type: z.object({ fields: z.array(z.object({ name: z.string() })).nullable() }).nullable(),
});

export type StashBoxClient = ReturnType<typeof createClient>;

/** The questions that the scans ask. One that a box is too old for is asked again in words that it knows, once per box. */
export function createClient(runQuery: RunQuery) {
  let known: ReadonlySet<string> | null = null;

  /** Asks with the selection that fits the box. */
  async function withFields<T>(
    question: (has: (field: string) => boolean) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    try {
      return await question((field) => known?.has(field) ?? true);
    } catch (error) {
      if (!(error instanceof QueryRejected) || known) throw asBlocked(error);
      known = await performerFieldNames(runQuery, signal, error);
      return await question((field) => known?.has(field) ?? true).catch((again) => {
        throw asBlocked(again);
      });
    }
  }

  function queryPerformers(
    { page, perPage, sort, direction }: PageRequest,
    signal: AbortSignal,
  ): Promise<PerformerPage> {
    return withFields(async () => {
      const query = `query ($input: PerformerQueryInput!) { queryPerformers(input: $input) { count performers { ${performerSelection(known)} } } }`;
      const input = { page, per_page: perPage, sort, direction };
      const { queryPerformers: found } = await runQuery(query, { input }, performerPage, signal);
      return { count: found.count, rows: found.performers };
    }, signal);
  }

  /** Applied edits of performers, newest first. @throws QueryRejected when the box has no such question */
  async function queryEdits(
    operation: 'DESTROY' | 'MERGE',
    page: number,
    perPage: number,
    signal: AbortSignal,
  ) {
    const query = `query ($input: EditQueryInput!) { queryEdits(input: $input) { count edits {
      closed target { ... on Performer { id } } merge_sources { ... on Performer { id } } } } }`;
    const input = {
      target_type: 'PERFORMER',
      operation,
      applied: true,
      page,
      per_page: perPage,
      sort: 'CLOSED_AT',
      direction: 'DESC',
    };
    return (await runQuery(query, { input }, editPage, signal)).queryEdits;
  }

  /** What became of each id, in the same order; null for one that the box does not know. */
  function findStates(ids: string[], signal: AbortSignal): Promise<PerformerState[]> {
    return withFields(async (has) => {
      const fields = `deleted${has('merged_into_id') ? ' merged_into_id' : ''}`;
      const names = ids.map((_, i) => `$i${i}: ID!`).join(', ');
      const parts = ids.map((_, i) => `p${i}: findPerformer(id: $i${i}) { ${fields} }`).join(' ');
      const variables = Object.fromEntries(ids.map((id, i) => [`i${i}`, id]));
      const found = await runQuery(`query (${names}) { ${parts} }`, variables, states, signal);
      return ids.map((_, i) => found[`p${i}`] ?? null);
    }, signal);
  }

  /** The rows of these ids as `queryPerformers` gives them, unchecked; without those that are deleted or unknown. */
  function findPerformers(ids: string[], signal: AbortSignal): Promise<unknown[]> {
    return withFields(async () => {
      const fields = `deleted ${performerSelection(known)}`;
      const names = ids.map((_, i) => `$i${i}: ID!`).join(', ');
      const parts = ids.map((_, i) => `p${i}: findPerformer(id: $i${i}) { ${fields} }`).join(' ');
      const variables = Object.fromEntries(ids.map((id, i) => [`i${i}`, id]));
      const found = await runQuery(`query (${names}) { ${parts} }`, variables, rows, signal);
      return Object.values(found).filter((row) => liveRow.safeParse(row).success);
    }, signal);
  }

  return { queryPerformers, queryEdits, findStates, findPerformers };
}

async function performerFieldNames(
  runQuery: RunQuery,
  signal: AbortSignal,
  refusal: Error,
): Promise<Set<string>> {
  const query = '{ __type(name: "Performer") { fields(includeDeprecated: true) { name } } }';
  const { __type: type } = await runQuery(query, {}, typeFields, signal).catch((cause) => {
    if (cause instanceof QueryRejected) throw asBlocked(refusal);
    throw cause;
  });
  if (!type?.fields) throw asBlocked(refusal);
  return new Set(type.fields.map(({ name }) => name));
}

function asBlocked(error: unknown): unknown {
  return error instanceof QueryRejected ? new SourceBlocked(error.message, { cause: error }) : error;
}
