import { parseHttpDate } from './http-date.ts';
import type { Problem } from './problems.ts';
import { introduction, type ProgramName, readIntroduction } from './protocol.ts';
import type { RawBody, RequestOf, ResponseOf, RouteKey } from './routes.ts';

/**
 * The typed client. A route's key is its method and path, so at run time this file needs nothing else from the
 * contract, and a browser does not have to load the schemas.
 */

/** The control plane refused: `code` is one of `problems`, `message` its detail. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly errors: Problem['errors'];
  /** From `Retry-After`, ms. */
  readonly retryAfterMs: number | null;
  /** What answered, and its release; null from control planes that do not say. */
  readonly answeredBy: ProgramName | null;

  constructor(problem: Problem, retryAfterMs: number | null, answeredBy: ProgramName | null = null) {
    super(problem.detail);
    this.answeredBy = answeredBy;
    this.status = problem.status;
    this.code = problem.code;
    this.errors = problem.errors;
    this.retryAfterMs = retryAfterMs;
  }
}

/** There was no answer, or one that is not the control plane's (a proxy's error page). */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';
  /** Null when no whole answer came. */
  readonly status: number | null;
  /** From `Retry-After`, ms. */
  readonly retryAfterMs: number | null;
  /** The number on an error page of Cloudflare's: 1027. */
  readonly cloudflareError: number | null;

  constructor(
    message: string,
    status: number | null,
    more: { cause?: unknown; retryAfterMs?: number | null; cloudflareError?: number | null } = {},
  ) {
    super(message, { cause: more.cause });
    this.status = status;
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.cloudflareError = more.cloudflareError ?? null;
  }
}

export interface ClientOptions {
  /** `http://127.0.0.1:8080`; empty for the page's own origin. */
  baseUrl: string;
  token?: string;
  /** Who calls: stated with every request, together with the protocols that this release speaks. */
  program?: ProgramName;
  fetch?: typeof fetch;
  /** Told of every answer of the control plane, refusals included, with the release that it states; null when it states none. */
  onAnswer?: (answeredBy: ProgramName | null) => void;
  /** Reads an answer by the contract, and gives what is passed on; throw to refuse it. Without it answers are passed on as they are. */
  parse?: (key: RouteKey, answer: unknown) => unknown;
}

export type Call = <K extends RouteKey>(
  key: K,
  ...[request]: keyof RequestOf<K> extends never
    ? [request?: CallOptions]
    : [request: RequestOf<K> & CallOptions]
) => Promise<ResponseOf<K>>;

export interface CallOptions {
  signal?: AbortSignal;
}

interface LooseRequest extends CallOptions {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  headers?: Record<string, unknown>;
  body?: unknown;
}

/** What is read of a refusal: a problem document is far shorter, and an error page says what it is in its beginning. */
const refusalMaxLength = 64 * 1024;

/**
 * Makes a caller of the API. It throws `ApiProblem` for a refusal, `ApiUnreachable` when no proper answer comes
 * and whatever `signal` was aborted with.
 */
export function createClient(options: ClientOptions): Call {
  const doFetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  const call = async (key: RouteKey, request: LooseRequest = {}): Promise<unknown> => {
    const [method = '', path = ''] = key.split(' ');
    const url = options.baseUrl + withQuery(withParams(path, request.params), request.query);
    let response: Response;
    try {
      response = await doFetch(url, {
        method,
        ...content(request, options),
        signal: request.signal ?? null,
      });
    } catch (error) {
      request.signal?.throwIfAborted();
      throw new ApiUnreachable(`${key}: no answer from ${options.baseUrl || 'the control plane'}`, null, {
        cause: error,
      });
    }
    options.onAnswer?.(readIntroduction(response.headers).program);
    if (!response.ok) throw await refusal(key, response);
    if (response.status === 204) return undefined;
    if (!isJson(response) || isFile(response)) return response;
    const answer: unknown = await response.json().catch((cause: unknown) => {
      request.signal?.throwIfAborted();
      throw new ApiUnreachable(`${key}: the answer broke off`, null, { cause });
    });
    return options.parse ? options.parse(key, answer) : answer;
  };
  // The table gives each key its own request and answer types, which one function body cannot be typed with.
  return call as Call;
}

function withParams(path: string, params: Record<string, unknown> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
}

function withQuery(path: string, query: Record<string, unknown> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? path : `${path}?${search}`;
}

function content(
  { headers: extra = {}, body }: LooseRequest,
  { token, program }: ClientOptions,
): { headers: Headers; body?: RawBody } {
  const headers = new Headers({ accept: 'application/json', ...(program && introduction(program)) });
  if (token) headers.set('authorization', `Bearer ${token}`);
  for (const [name, value] of Object.entries(extra))
    if (value !== undefined) headers.set(name, String(value));
  if (body === undefined) return { headers };
  if (isRaw(body)) {
    headers.set('content-type', typeof body === 'string' ? 'application/yaml' : 'application/octet-stream');
    return { headers, body };
  }
  headers.set('content-type', 'application/json');
  return { headers, body: JSON.stringify(body) };
}

function isRaw(body: unknown): body is RawBody {
  return (
    typeof body === 'string' ||
    body instanceof Uint8Array ||
    body instanceof ArrayBuffer ||
    body instanceof Blob
  );
}

/** A manifest that is fetched as a file stays the bytes it is. */
function isFile(response: Response): boolean {
  return response.headers.get('content-disposition')?.startsWith('attachment') ?? false;
}

function isJson(response: Response): boolean {
  return /^application\/([a-z.]+\+)?json\b/.test(response.headers.get('content-type') ?? '');
}

async function refusal(key: RouteKey, response: Response): Promise<Error> {
  const text = await beginningOf(response);
  const body = isJson(response) ? parsed(text) : null;
  if (body === undefined) return new ApiUnreachable(`${key}: the answer broke off`, null);
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'));
  if (isProblem(body)) {
    return new ApiProblem(body, retryAfterMs, readIntroduction(response.headers).program);
  }
  const what = `${response.status} ${response.statusText}`.trim();
  return new ApiUnreachable(
    `${key}: ${what} from something that is not the control plane${elsewhere(response)}`,
    response.status,
    { retryAfterMs, cloudflareError: cloudflareErrorIn(response, text) },
  );
}

/** Reads a bounded part of a refusal, because the sender may be any server. A truncated body is used as far as it came. */
async function beginningOf({ body }: Response): Promise<string> {
  if (!body) return '';
  let text = '';
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    while (text.length < refusalMaxLength) {
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
    }
    await reader.cancel();
  } catch {
    // What came until then has to do.
  }
  return text;
}

/** Undefined when it is no whole JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds, or a date (RFC 9110, section 10.2.3), as ms from now; null when neither. */
function readRetryAfter(value: string | null): number | null {
  if (!value) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : parseHttpDate(value) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** Without query and fragment, where keys may stand. */
function elsewhere({ headers, url }: Response): string {
  const to = headers.get('location');
  if (to === null || !URL.canParse(to, url)) return '';
  const { origin, pathname } = new URL(to, url);
  return `, which sends to ${origin}${pathname}`;
}

/** Its pages come as HTML, text or JSON: "Error 1101", "error code: 1101", `"error_code": 1101`. */
function cloudflareErrorIn({ headers }: Response, text: string): number | null {
  if (!headers.has('cf-ray') && headers.get('server') !== 'cloudflare') return null;
  const plain = text.replaceAll(/<[^>]*>/g, ' ');
  const number = /\berror(?:[_ ]code)?[\s":]+(1\d{3})\b/i.exec(plain)?.[1];
  return number === undefined ? null : Number(number);
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'detail' in value && 'status' in value
  );
}
