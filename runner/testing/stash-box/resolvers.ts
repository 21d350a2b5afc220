import { GraphQLError } from 'graphql';
import { type EditQuery, pageEdits } from './page-edits.ts';
import { type PerformerQuery, pagePerformers } from './page-performers.ts';
import { type BoxPerformer, uuidOf } from './performer.ts';
import type { BoxEdit, PerformerStore } from './performer-store.ts';
import type { ServedImage } from './serve-image.ts';
import { showPerformer } from './show-performer.ts';

export type Box = { store: PerformerStore; images: ReadonlyMap<string, ServedImage> };

/** Who asks: without a key one is let in, but sees nothing that needs the READ role. */
export type Caller = { mayRead: boolean; baseUrl: string };

type SearchArgs = {
  term: string;
  limit?: number | null;
  page?: number | null;
  per_page?: number | null;
  filter?: { gender?: string | null } | null;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The root fields, to be executed with a `Caller` as context. */
export function resolversOf({ store, images }: Box) {
  const show = (row: BoxPerformer, caller: Caller) => showPerformer(row, images, caller.baseUrl);

  function findPerformer({ id }: { id: string }, caller: Caller) {
    if (!UUID.test(id)) throw new GraphQLError(`uuid: incorrect UUID format in string "${id}"`);
    const row = store.rows.get(id.toLowerCase());
    return row ? show(row, caller) : null;
  }

  function queryPerformers({ input }: { input: PerformerQuery }, caller: Caller) {
    const { count, performers } = pagePerformers(store.rows.values(), input, store.edits.length);
    return { count, performers: performers.map((row) => show(row, caller)) };
  }

  function searchPerformers({ term, limit, page, per_page, filter }: SearchArgs, caller: Caller) {
    const perPage = per_page ?? limit ?? 10;
    const first = ((page ?? 1) - 1) * perPage;
    const found = [...store.rows.values()]
      .filter((row) => !row.deleted && meets(row, term))
      .filter((row) => !filter?.gender || (row.gender ?? 'UNKNOWN') === filter.gender);
    return {
      count: found.length,
      performers: found.slice(first, first + perPage).map((row) => show(row, caller)),
    };
  }

  function queryExistingPerformer(
    { input }: { input: { name?: string | null; urls: string[] } },
    caller: Caller,
  ) {
    const known = (row: BoxPerformer) =>
      row.name === input.name || row.urls.some(({ url }) => input.urls.includes(url));
    return {
      performers: [...store.rows.values()]
        .filter((row) => !row.deleted && known(row))
        .map((row) => show(row, caller)),
    };
  }

  function queryEdits({ input }: { input: EditQuery }, caller: Caller) {
    const { count, edits } = pageEdits(store.edits, input);
    return { count, edits: edits.map((edit) => showEdit(edit, caller)) };
  }

  function showEdit(edit: BoxEdit, caller: Caller) {
    const target = (id: string) => {
      const row = store.rows.get(id);
      return row ? show(row, caller) : null;
    };
    const closed = edit.closed.toISOString();
    return {
      id: edit.id,
      target: target(edit.targetId),
      target_type: 'PERFORMER',
      merge_sources: edit.mergeSourceIds.map(target),
      operation: edit.operation,
      status: 'ACCEPTED',
      applied: true,
      created: closed,
      updated: closed,
      closed,
    };
  }

  return {
    findPerformer: forReaders(findPerformer),
    queryPerformers: forReaders(queryPerformers),
    searchPerformers: forReaders(searchPerformers),
    searchPerformer: forReaders((args: SearchArgs, caller) => searchPerformers(args, caller).performers),
    queryExistingPerformer: forReaders(queryExistingPerformer),
    queryEdits: forReaders(queryEdits),
    version: forReaders(() => ({
      hash: '0000000',
      build_time: '2026-06-04 00:00:00',
      build_type: 'OFFICIAL',
      version: 'v0.9.4',
    })),
    me: (_: unknown, caller: Caller) =>
      caller.mayRead ? { id: uuidOf('user demo'), name: 'demo', roles: ['READ'] } : null,
  };
}

function forReaders<Args, Result>(resolve: (args: Args, caller: Caller) => Result) {
  return (args: Args, caller: Caller): Result => {
    if (!caller.mayRead) throw new GraphQLError('not authorized');
    return resolve(args, caller);
  };
}

/** A UUID looks an id up, an address matches a stored link exactly but for case, other text is part of a name. */
function meets(row: BoxPerformer, term: string): boolean {
  const text = term.toLowerCase();
  if (UUID.test(term)) return row.id === text;
  if (/^https?:\/\//.test(text)) return row.urls.some(({ url }) => url.toLowerCase() === text);
  return [row.name, ...row.aliases].some((name) => name.toLowerCase().includes(text));
}
