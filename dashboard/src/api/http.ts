import { signal } from '@preact/signals';
import { createClient } from '@trainer/contract/client';
import type { StoredLogLine } from '@trainer/contract/logs';
import type { Browser } from './browser.ts';
import { type ControlPlane, type LogFilter, type LogListener, release } from './control-plane.ts';

/** A stream that the browser has given up (a proxy's error page, a restart) is opened anew after this long. */
const REOPEN_MS = 3_000;
/** Past lines wanted at first, and after a break that the browser could not mend: as many as the contract gives. */
const FIRST_TAIL = 500;
const REOPEN_TAIL = 1_000;

/** `EventSource.CLOSED`: the browser has given up. */
const CLOSED = 2;

type Stream = Pick<EventSource, 'onopen' | 'onmessage' | 'onerror' | 'readyState' | 'close'>;

/** The control plane that served this page; the session cookie says who is asking. */
export function createHttpControlPlane(
  browser: Browser,
  openStream: (url: string) => Stream = (url) => new EventSource(url),
): ControlPlane {
  const stated = signal<string | null>(null);
  return {
    release: stated,
    call: createClient({
      baseUrl: '',
      program: { name: 'dashboard', version: release },
      onAnswer: (answeredBy) => {
        // A proxy's error page states none.
        if (answeredBy?.name === 'control-plane') stated.value = answeredBy.version;
      },
    }),
    openLog: (filter, listener) => keepOpen(browser, listener, (tail) => openStream(logUrl(filter, tail))),
  };
}

function keepOpen(browser: Browser, listener: LogListener, openStream: (tail: number) => Stream): () => void {
  let stream: Stream;
  let cancelReopen = () => {};
  const open = (tail: number) => {
    stream = openStream(tail);
    stream.onopen = () => listener.state('live');
    stream.onmessage = (event) => listener.line(parseLine(event.data));
    stream.onerror = () => {
      listener.state('lost');
      // Otherwise the browser itself tries again, with Last-Event-ID.
      if (stream.readyState === CLOSED) cancelReopen = browser.after(REOPEN_MS, () => open(REOPEN_TAIL));
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
