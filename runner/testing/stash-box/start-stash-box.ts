import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { answerGraphql } from './answer-graphql.ts';
import { createFailureQueue } from './failures.ts';
import type { PerformerInput } from './performer.ts';
import { createPerformerStore } from './performer-store.ts';
import { createRequestLog, type RequestRecord } from './request-log.ts';
import { resolversOf } from './resolvers.ts';
import { stashBoxSchema } from './schema.ts';
import { type ImageFault, type ServedImage, serveImage } from './serve-image.ts';

export type StashBoxOptions = {
  performers?: readonly PerformerInput[];
  images?: readonly ServedImage[];
  /** The one key that may read. */
  apiKey?: string;
  /** 0 takes any free port. */
  port?: number;
  host?: string;
  clock?: () => Date;
  /** Fields that an older instance's schema does not have yet: `['Performer.merged_into_id']`. */
  lacking?: readonly string[];
};

export type StashBox = Awaited<ReturnType<typeof startStashBox>>;

/**
 * Starts a stash-box on a real socket: GraphQL at `/graphql`, pictures at `/images/<id>`, everything in memory.
 * Its knobs take effect at the next request; the request log grows while it runs.
 */
export async function startStashBox(options: StashBoxOptions = {}) {
  const { apiKey = 'demo-key', port = 0, host = '127.0.0.1', clock = () => new Date() } = options;
  const store = createPerformerStore(options.performers ?? [], clock);
  const images = new Map((options.images ?? []).map((image) => [image.id, image]));
  const rootValue = resolversOf({ store, images });
  const log = createRequestLog();
  const failures = createFailureQueue();
  const nothingHeld = (_path: string): Promise<void> | undefined => undefined;
  const knobs = { latencyMs: 0, held: nothingHeld, schema: stashBoxSchema(options.lacking) };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://box').pathname;
    const record = log.begin(path, request, response);
    const failure = failures.take(path);
    record.body = await text(request);
    if (knobs.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, knobs.latencyMs));
    await knobs.held(path);
    if (failure === 'hang-up') request.socket.destroy();
    else if (failure) response.writeHead(failure.status, failure.headers).end(failure.body);
    else if (record.hadKey && request.headers.apikey !== apiKey) response.writeHead(401).end();
    else await route(record, request, response);
  }

  async function route(record: RequestRecord, request: IncomingMessage, response: ServerResponse) {
    const imageId = record.path.match(/^\/images\/([^/]+)$/)?.[1];
    if (imageId) return serveImage(images.get(imageId), log.count(record.path), request, response);
    if (record.path !== '/graphql' || request.method !== 'POST') return response.writeHead(404).end();
    const caller = { mayRead: record.hadKey, baseUrl: `http://${request.headers.host}` };
    const { status, body } = await answerGraphql(knobs.schema, rootValue, record.body, caller);
    return response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  server.listen(port, host);
  await once(server, 'listening');

  /**
   * From now on requests wait for an answer until the returned function is called.
   *
   * @param options.path only those with this in their path
   * @param options.after how many of them are answered before
   */
  function hold({ path: part = '', after = 0 } = {}): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    let left = after;
    const held = (path: string) => (path.includes(part) && --left < 0 ? promise : undefined);
    Object.assign(knobs, { held });
    return resolve;
  }

  function setFault(id: string, fault: ImageFault | undefined): void {
    const image = images.get(id);
    if (!image) throw new Error(`This stash-box has no picture ${id}`);
    const { fault: _, ...rest } = image;
    images.set(id, { ...rest, ...(fault ? { fault } : {}) });
  }

  async function close(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  const baseUrl = `http://${host}:${portOf(server.address())}`;
  return {
    /** The GraphQL endpoint; pictures are beside it. */
    url: `${baseUrl}/graphql`,
    imageUrl: (id: string) => `${baseUrl}/images/${id}`,
    apiKey,
    requests: log,
    addPerformer: store.add,
    addImage: (image: ServedImage) => void images.set(image.id, image),
    /** Applies an edit to one performer, so that it comes first by UPDATED_AT. */
    edit: store.edit,
    /** `merge(sourceId, targetId)`: the source is deleted and leads to the target. */
    merge: store.merge,
    destroy: store.destroy,
    /** The row is gone without an edit. */
    vanish: store.vanish,
    /** What was done to a performer stays done, but no edit tells of it any more. */
    forgetEdits: store.forgetEdits,
    /** `failNext(failure, times, scope)` answers so instead; failures of `failures.ts` add up. */
    failNext: failures.add,
    /** `failAfter(passing, failure, times, scope)`: the same after that many right answers. */
    failAfter: failures.addAfter,
    /** Failures that were still to come are forgotten. */
    heal: failures.clear,
    /** From now on a picture has this fault. */
    breakImage: (id: string, fault: ImageFault) => setFault(id, fault),
    /** From now on a picture is served as it should be. */
    mend: (id: string) => setFault(id, undefined),
    hold,
    slowDown: (latencyMs: number) => void Object.assign(knobs, { latencyMs }),
    /** From now on the schema is that of an older instance without these fields. */
    lack: (fields: readonly string[]) => void Object.assign(knobs, { schema: stashBoxSchema(fields) }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function portOf(address: string | { port: number } | null): number {
  if (address === null || typeof address === 'string') throw new Error('The stash-box has no TCP port');
  return address.port;
}
