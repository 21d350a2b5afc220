import { createClient } from '@trainer/shared/client';
import type { StoredLogLine } from '@trainer/shared/logs';
import type { Browser } from './browser.ts';
import type { ControlPlane, LogFilter, LogListener } from './control-plane.ts';

/** A stream that the browser has given up (a proxy's error page, a restart) is opened anew after this long. */
const REOPEN_MS = 3_000;
/** Past lines wanted at first, and after a break that the browser could not mend: as many as the contract gives. */
const FIRST_TAIL = 500;
const REOPEN_TAIL = 1_000;

/** The control plane that served this page; the session cookie says who is asking. */
export function createHttpControlPlane(browser: Browser, Stream = EventSource): ControlPlane {
  return {
    call: createClient({ baseUrl: '' }),
    openLog: (filter, listener) => openLog(browser, Stream, filter, listener),
  };
}

function openLog(
  browser: Browser,
  Stream: typeof EventSource,
  filter: LogFilter,
  listener: LogListener,
): () => void {
  let stream: EventSource;
  let cancelReopen = () => {};
  const open = (tail: number) => {
    stream = new Stream(logUrl(filter, tail));
    stream.onopen = () => listener.state('live');
    stream.onmessage = (event) => listener.line(parseLine(event.data));
    stream.onerror = () => {
      listener.state('lost');
      // While it is CONNECTING the browser itself tries again, with Last-Event-ID.
      if (stream.readyState !== Stream.CLOSED) return;
      cancelReopen = browser.after(REOPEN_MS, () => open(REOPEN_TAIL));
    };
  };
  listener.state('connecting');
  open(FIRST_TAIL);
  return () => {
    cancelReopen();
    stream.close();
  };
}

function logUrl({ run, source, level }: LogFilter, tail: number): string {
  const query = new URLSearchParams({ run: String(run), level, tail: String(tail) });
  if (source) query.set('source', source);
  return `/api/logs?${query}`;
}

function parseLine(data: string): StoredLogLine {
  // The control plane checks every line against the contract before it stores it.
  return JSON.parse(data) as StoredLogLine;
}
