import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { buildSchema } from 'graphql';
import { startWebServer } from '../start-web-server.ts';
import { answerGraphql } from '../stash-box/answer-graphql.ts';
import { createFailureQueue } from '../stash-box/failures.ts';

/** One performer of a library. */
export interface LibraryPerformer {
  id: string;
  name: string;
  stash_ids: { endpoint: string; stash_id: string }[];
  /** Unix time, s; raised by every edit. */
  updatedAtS: number;
  picture: Uint8Array | null;
}

export interface StashServerOptions {
  performers?: readonly LibraryPerformer[];
  /** Empty: no password is set, and everybody may read. */
  apiKey?: string;
  /** What Stash takes for its own address, as behind a proxy. */
  externalHost?: string;
}

const SDL = /* GraphQL */ `
  scalar Time
  enum SortDirectionEnum { ASC DESC }
  input FindFilterType { q: String page: Int per_page: Int sort: String direction: SortDirectionEnum }
  type StashID { endpoint: String! stash_id: String! }
  type Performer { id: ID! name: String! image_path: String updated_at: Time! stash_ids: [StashID!]! }
  type FindPerformersResultType { count: Int! performers: [Performer!]! }
  type Query { findPerformers(filter: FindFilterType): FindPerformersResultType! }
`;

/** The part of a Stash server that the trainer meets, on a real socket. */
export async function startStash(options: StashServerOptions = {}) {
  const { apiKey = 'stash-key' } = options;
  const schema = buildSchema(SDL);
  const library = [...(options.performers ?? [])];
  const failures = createFailureQueue();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { pathname } = new URL(request.url ?? '/', 'http://stash');
    const failure = failures.take(pathname);
    const body = await text(request);
    if (failure === 'hang-up') return request.socket.destroy();
    if (failure) return response.writeHead(failure.status, failure.headers).end(failure.body);
    const isAllowed = apiKey === '' || request.headers.apikey === apiKey;
    if (pathname === '/graphql')
      return isAllowed ? ask(body, request, response) : response.writeHead(401).end();
    if (!isAllowed) return response.writeHead(302, { location: '/login' }).end();
    return servePicture(pathname, response);
  }

  async function ask(body: string, request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const baseUrl = options.externalHost ?? `http://${request.headers.host}`;
    const rootValue = { findPerformers: ({ filter }: { filter?: Filter }) => find(filter ?? {}, baseUrl) };
    const { status, body: found } = await answerGraphql(schema, rootValue, body, { mayRead: true, baseUrl });
    return response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(found));
  }

  function find({ page = 1, per_page = 25 }: Filter, baseUrl: string) {
    const performers = library.slice((page - 1) * per_page, page * per_page).map((performer) => ({
      ...performer,
      updated_at: new Date(performer.updatedAtS * 1_000).toISOString(),
      image_path: `${baseUrl}/performer/${performer.id}/image?t=${performer.updatedAtS}${performer.picture ? '' : '&default=true'}`,
    }));
    return { count: library.length, performers };
  }

  function servePicture(path: string, response: ServerResponse): unknown {
    const id = /^\/performer\/([^/]+)\/image$/.exec(path)?.[1];
    const picture = library.find((performer) => performer.id === id)?.picture;
    return picture
      ? response.writeHead(200, { 'Content-Type': 'image/jpeg', ETag: '"md5"' }).end(picture)
      : response.writeHead(404).end();
  }

  const server = await startWebServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  return { ...server, url: server.origin, apiKey, library, failNext: failures.add };
}

interface Filter {
  page?: number;
  per_page?: number;
}
