import type { StreamResult } from './answers.ts';
import { pipelineSchema } from './schemas.ts';
import { type Stream, toHranaError } from './stream.ts';
import { Streams, type StreamsDeps } from './streams.ts';

const WRONG_TOKEN = 'The token is missing or wrong: send it as Authorization: Bearer …';

interface HranaDeps extends StreamsDeps {
  /** What callers must show as `Authorization: Bearer …`; undefined lets everybody in. */
  authToken: string | undefined;
}

interface HranaServer {
  fetch: (request: Request) => Promise<Response>;
  /** Rolls back what is open and closes every connection. Wait for the answers under way first. */
  close: () => void;
}

/**
 * Serves SQLite to libSQL clients: Hrana 2 over HTTP in its JSON encoding, which is what `@libsql/client` speaks
 * to Turso and sqld. No package does that on Node, and development, tests and small owners want it without
 * another program to install.
 *
 * No I/O happens here: connections are handed in by `open`.
 */
export function createHranaServer({ authToken, ...deps }: HranaDeps): HranaServer {
  const streams = new Streams(deps);
  return {
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      if (request.method === 'GET' && pathname === '/health') return new Response('ok');
      if (request.method === 'GET' && pathname === '/v2') return new Response('This is Hrana 2 over HTTP');
      if (request.method !== 'POST' || pathname !== '/v2/pipeline') {
        return refusal(404, 'NOT_FOUND', `There is no ${request.method} ${pathname}: use POST /v2/pipeline`);
      }
      if (authToken === undefined) {
        // Any page that a browser on this machine shows could write here; browsers say which page asks.
        if (request.headers.has('origin')) {
          return refusal(403, 'FORBIDDEN', 'Pages in browsers are not served without a token');
        }
      } else if (!isAllowed(request, authToken)) {
        return refusal(401, 'UNAUTHORIZED', WRONG_TOKEN);
      }
      return servePipeline(request, streams, deps);
    },
    close: () => streams.close(),
  };
}

async function servePipeline(
  request: Request,
  streams: Streams,
  deps: Pick<StreamsDeps, 'place'>,
): Promise<Response> {
  const body = pipelineSchema.safeParse(await request.json().catch(() => undefined));
  if (!body.success) {
    const [issue] = body.error.issues;
    const where = issue?.path.length ? ` at ${issue.path.join('.')}` : '';
    return refusal(400, 'HRANA_PROTO_ERROR', `The request is malformed${where}: ${issue?.message}`);
  }
  const { baton, requests } = body.data;
  let stream: Stream;
  try {
    stream = baton == null ? await streams.begin() : streams.goOn(baton);
  } catch (error) {
    const { code, message } = toHranaError(error, deps.place);
    return refusal(baton == null ? 503 : 400, code, message);
  }
  // The signal costs something to make, so it is asked for only when there is a reason to wait.
  const isAwaited = () => !request.signal.aborted;
  const results: StreamResult[] = [];
  for (const each of requests) results.push(await stream.answer(each, isAwaited));
  // Without a listener nobody learns the next baton.
  const goesOn = !stream.isClosed && isAwaited();
  const next = goesOn ? streams.wait(stream) : null;
  if (!goesOn) streams.end(stream);
  return Response.json({ baton: next, base_url: null, results });
}

function isAllowed(request: Request, token: string): boolean {
  const [, shown = ''] = /^Bearer (.*)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  return isSameText(shown, token);
}

function refusal(status: number, code: string, message: string): Response {
  return Response.json({ message, code }, { status });
}

/** Compares in a time that does not tell how much of a guess is right. */
function isSameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < b.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
