import { createHash } from 'node:crypto';
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startWebServer } from '../start-web-server.ts';
import type { Random } from '../world/random.ts';
import type { RandomStreams } from './random-streams.ts';
import { passOn, type ResponseFault, type TrueAnswer } from './response-faults.ts';

export interface Asked {
  path: string;
  /** Whether one of the runner's browsers asks. */
  byBrowser: boolean;
  /** How often the same was asked for before. */
  before: number;
}

export interface HostileProxyOptions {
  name: string;
  /** Origin of the true server. */
  target: string;
  streams: RandomStreams;
  now: () => number;
  /** What becomes of an answer. Asked once per request, with chance of its own. */
  choose: (asked: Asked, chance: Random) => { name: string; fault: ResponseFault };
  /** Called before each request is answered. */
  onRequest: () => void;
  /** Called with each mischief that is done. */
  onMischief: (name: string) => void;
  userAgent: string;
}

/** A web server that stands in front of a true one, and answers in its place with what it makes of the true answer. */
export async function startHostileProxy(options: HostileProxyOptions) {
  const counts = new Map<string, number>();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    options.onRequest();
    const path = request.url ?? '/';
    const key = `${request.method} ${path} ${createHash('sha256').update(body).digest('hex')}`;
    const before = counts.get(key) ?? 0;
    counts.set(key, before + 1);
    const byBrowser = request.headers['user-agent'] !== options.userAgent;
    const chance = options.streams.of(options.name, key, before);
    const { name, fault } = options.choose({ path, byBrowser, before }, chance);
    if (fault !== passOn) options.onMischief(name);
    const answer = await askTarget(options.target, request, body);
    fault(answer, response, options.now(), chance);
  }

  const server = await startWebServer((request, response) => {
    // A runner that ends in the middle of a request is no fault of this world.
    serve(request, response).catch(() => response.destroy());
  });
  return { origin: server.origin, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function askTarget(
  target: string,
  { url = '/', method, headers }: IncomingMessage,
  body: Buffer,
): Promise<TrueAnswer> {
  const { 'accept-encoding': _, 'transfer-encoding': __, ...kept } = headers;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  ask(target + url, { method, headers: kept, agent: false }, resolve)
    .on('error', reject)
    .end(body);
  const answer = await promise;
  const pairs = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.has(name));
  return {
    status: answer.statusCode ?? 500,
    headers: Object.fromEntries(pairs.map(([name, value]) => [name, String(value)])),
    body: await buffer(answer),
  };
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);
