import { limits } from '@trainer/contract/limits';
import type { Route } from '@trainer/contract/routes';
import { invalidRequest, ProblemError } from './problem-error.ts';

type BodyKind = 'json' | 'application/yaml' | 'application/octet-stream';

/** Media types that are taken for each kind of body. */
const mediaTypes: Record<BodyKind, RegExp> = {
  json: /^application\/([a-z.-]+\+)?json$/,
  'application/yaml': /^(application|text)\/(x-)?yaml$/,
  'application/octet-stream': /^application\/octet-stream$/,
};

/**
 * Reads the body that `route` wants: parsed JSON (undefined when empty), YAML as text, or a stream of bytes that
 * fails with `too_large` once it exceeds the size of a part.
 */
export async function readBody(route: Route, request: Request): Promise<unknown> {
  if (route.body === undefined) return undefined;
  const kind: BodyKind = typeof route.body === 'string' ? route.body : 'json';
  const maxBytes = kind === 'application/octet-stream' ? limits.uploadPartBytes : limits.jsonBodyMaxBytes;
  refuseSize(Number(request.headers.get('content-length') ?? 0), maxBytes);
  const stream = isBounded(request) ? request.body : (request.body?.pipeThrough(atMost(maxBytes)) ?? null);
  if (kind === 'application/octet-stream') {
    refuseType(kind, request);
    return stream ?? new Blob([]).stream();
  }
  const text = stream ? await new Response(stream).text() : '';
  if (text === '' && kind === 'json') return undefined;
  refuseType(kind, request);
  if (kind !== 'json') return text;
  const value = parseJson(text);
  refuseDepth(value);
  return value;
}

function refuseType(kind: BodyKind, request: Request): void {
  const given = request.headers.get('content-type') ?? '';
  const type = given.split(';')[0]?.trim().toLowerCase() ?? '';
  if (mediaTypes[kind].test(type)) return;
  const wanted = kind === 'json' ? 'application/json' : kind;
  throw new ProblemError(
    'unsupported_media',
    `The body must be ${wanted}, and the request says ${given ? `"${given}"` : 'nothing'} in Content-Type.`,
  );
}

function refuseSize(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new ProblemError(
    'too_large',
    `The body is larger than ${maxBytes} bytes, the most this route takes.`,
  );
}

/** HTTP itself ends a body of stated length, so that it need not pass through us byte by byte. */
function isBounded({ headers }: Request): boolean {
  return headers.has('content-length') && !headers.has('transfer-encoding');
}

/** Counts while streaming. */
function atMost(maxBytes: number): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      refuseSize(seen, maxBytes);
      controller.enqueue(chunk);
    },
  });
}

/**
 * Refuses what would overflow the stack of the functions that walk it, such as `JSON.stringify`. Its own stack is a list, and it
 * looks at each entry once.
 */
function refuseDepth(body: unknown): void {
  const open: { value: unknown; depth: number }[] = [{ value: body, depth: 0 }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { value, depth } = at;
    if (typeof value !== 'object' || value === null) continue;
    if (depth === limits.nestingMax) {
      const message = `is nested more than ${limits.nestingMax} levels deep`;
      throw invalidRequest({ errors: [{ field: '(body)', message }], more: 0 });
    }
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProblemError(
      'invalid_request',
      `The body is not JSON: ${error instanceof Error ? error.message : error}`,
      {
        errors: [{ field: '(body)', message: 'is not JSON' }],
        cause: error,
      },
    );
  }
}
