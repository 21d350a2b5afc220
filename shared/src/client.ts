import type { Problem } from './problems.ts';
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

  constructor(problem: Problem, retryAfterMs: number | null) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.errors = problem.errors;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Nobody answered, or something that is not the control plane did (a proxy's error page). */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable';
  /** Null when no answer came at all. */
  readonly status: number | null;

  constructor(message: string, status: number | null, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export interface ClientOptions {
  /** `http://127.0.0.1:8080`; empty for the page's own origin. */
  baseUrl: string;
  token?: string;
  fetch?: typeof fetch;
  /** Checks an answer against the contract; throw to refuse it. */
  check?: (key: RouteKey, answer: unknown) => void;
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
        ...content(request, options.token),
        signal: request.signal ?? null,
      });
    } catch (error) {
      request.signal?.throwIfAborted();
      throw new ApiUnreachable(`${key}: no answer from ${options.baseUrl || 'the control plane'}`, null, {
        cause: error,
      });
    }
    if (!response.ok) throw await refusal(key, response);
    if (response.status === 204) return undefined;
    if (!isJson(response) || isFile(response)) return response;
    const answer: unknown = await response.json();
    options.check?.(key, answer);
    return answer;
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
  token: string | undefined,
): { headers: Headers; body?: RawBody } {
  const headers = new Headers({ accept: 'application/json' });
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
  const body: unknown = isJson(response) ? await response.json().catch(() => null) : null;
  if (!isProblem(body)) {
    return new ApiUnreachable(
      `${key}: ${response.status} ${response.statusText} from something that is not the control plane`,
      response.status,
    );
  }
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ApiProblem(body, Number.isFinite(seconds) ? seconds * 1_000 : null);
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'detail' in value && 'status' in value
  );
}
