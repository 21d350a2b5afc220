import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request as it came in. Never the key: only whether there was one. */
export type RequestRecord = {
  /** On the monotonic clock of the process. */
  atMs: number;
  path: string;
  /** The body as sent: document and variables of a GraphQL request. Empty until it has arrived. */
  body: string;
  userAgent: string | undefined;
  hadKey: boolean;
  /** What was answered in the end; 0 while it is open. */
  status: number;
};

/** What was asked, in order of arrival, for tests of rates, retries and of what must not be fetched again. */
export function createRequestLog() {
  const records: RequestRecord[] = [];

  function begin(path: string, request: IncomingMessage, response: ServerResponse): RequestRecord {
    const { apikey, 'user-agent': userAgent } = request.headers;
    const record = {
      atMs: performance.now(),
      path,
      body: '',
      userAgent,
      hadKey: apikey !== undefined,
      status: 0,
    };
    response.on('close', () => Object.assign(record, { status: response.statusCode }));
    records.push(record);
    return record;
  }

  /** Requests so far whose path begins so: `count('/images/')`. */
  function count(pathStart = '/'): number {
    return records.filter(({ path }) => path.startsWith(pathStart)).length;
  }

  return { records, begin, count, forget: () => void records.splice(0) };
}
