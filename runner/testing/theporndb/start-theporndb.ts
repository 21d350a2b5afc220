import type { IncomingMessage, ServerResponse } from 'node:http';
import { startWebServer } from '../start-web-server.ts';
import { createFailureQueue } from '../stash-box/failures.ts';
import type { Resource } from './resource.ts';

export interface ThePornDbOptions {
  performers?: readonly Resource[];
  /** By path: `/pictures/ada.jpg`. */
  pictures?: Readonly<Record<string, Uint8Array>>;
  token?: string;
  /** How the last page is called; null for a server that says nothing about pages at all. */
  lastPageAs?: 'last_page' | 'last' | null;
  withTotal?: boolean;
  /** What it does with a filter for gender. */
  genders?: 'filtered' | 'ignored' | 'refused';
  /** Listings end at so many rows, and say that this is the total. */
  listingLimit?: number;
  /** More are not given, however many are asked for. */
  maxPerPage?: number;
}

export type ThePornDb = Awaited<ReturnType<typeof startThePornDb>>;

/** ThePornDB's REST interface on a real socket: list, single resources and pictures, behind a bearer token. */
export async function startThePornDb(options: ThePornDbOptions = {}) {
  const { token = 'demo-token', lastPageAs = 'last_page', withTotal = true, maxPerPage = 100 } = options;
  const rows = [...(options.performers ?? [])];
  const pictures = new Map(Object.entries(options.pictures ?? {}));
  const failures = createFailureQueue();
  const knobs = { picturesChangedAt: new Date(Date.UTC(2026, 0, 1)), stuckOn: 0 };

  function answer(request: IncomingMessage, response: ServerResponse): unknown {
    const url = new URL(request.url ?? '/', 'http://api');
    const failure = failures.take(url.pathname);
    if (failure === 'hang-up') return request.socket.destroy();
    if (failure) return response.writeHead(failure.status, failure.headers).end(failure.body);
    const picture = pictures.get(url.pathname);
    if (picture) return servePicture(picture, request, response);
    if (request.headers.authorization !== `Bearer ${token}`) {
      return sendJson(response, 401, { message: 'Unauthenticated.' });
    }
    if (options.genders === 'refused' && url.searchParams.has('gender')) {
      return sendJson(response, 422, { message: 'The selected gender is invalid.' });
    }
    if (url.pathname === '/performers') return sendJson(response, 200, pageOf(url.searchParams));
    const found = rows.find(({ id, slug }) => [id, slug].includes(url.pathname.replace('/performers/', '')));
    return sendJson(response, found ? 200 : 404, found ? { data: found } : { message: 'No query results.' });
  }

  function pageOf(query: URLSearchParams) {
    const perPage = Math.min(Number(query.get('per_page') ?? 20), maxPerPage);
    const page = knobs.stuckOn || Number(query.get('page') ?? 1);
    const gender = options.genders === 'filtered' ? query.get('gender') : null;
    const wanted = rows.filter(({ extras }) => gender === null || genderOf(extras) === gender);
    const listed = wanted.slice(0, options.listingLimit ?? wanted.length);
    const data = listed.slice((page - 1) * perPage, page * perPage);
    const meta = {
      ...(withTotal ? { total: listed.length } : {}),
      ...(lastPageAs ? { [lastPageAs]: Math.max(1, Math.ceil(listed.length / perPage)) } : {}),
    };
    return { data, meta, links: {} };
  }

  function servePicture(content: Uint8Array, request: IncomingMessage, response: ServerResponse): unknown {
    const since = Date.parse(request.headers['if-modified-since'] ?? '');
    const headers = { 'Last-Modified': knobs.picturesChangedAt.toUTCString() };
    if (since >= knobs.picturesChangedAt.getTime()) return response.writeHead(304, headers).end();
    return response.writeHead(200, { ...headers, 'Content-Type': 'image/jpeg' }).end(content);
  }

  const server = await startWebServer(answer);
  return {
    url: server.origin,
    token,
    requests: server.requests,
    /** Paths with their queries, in order. */
    asked: () => server.requests.map(({ url }) => url ?? ''),
    rows,
    addPicture: (path: string, content: Uint8Array) => void pictures.set(path, content),
    remove(id: string) {
      rows.splice(
        rows.findIndex((row) => row.id === id),
        1,
      );
    },
    failNext: failures.add,
    /** From now on every page is that one; 0 ends it. */
    stickOn: (page: number) => void Object.assign(knobs, { stuckOn: page }),
    changePictures: () => void Object.assign(knobs, { picturesChangedAt: new Date(Date.UTC(2026, 1, 1)) }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function genderOf(extras: unknown): unknown {
  return typeof extras === 'object' && extras !== null && 'gender' in extras ? extras.gender : null;
}

function sendJson(response: ServerResponse, status: number, value: unknown): unknown {
  return response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}
