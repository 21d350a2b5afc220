import { LibsqlError } from '@libsql/core/api';
import type { FilePlace } from '../sqlite/errors.ts';
import type { SqliteHandle } from '../sqlite/handle.ts';
import { whileBusy } from '../sqlite/while-busy.ts';
import { Connection } from './connection.ts';
import { Stream } from './stream.ts';

/** Streams that may be open at once, each with a connection; further callers wait. */
const MAX_STREAMS = 128;
/** Connections kept open for the next callers. */
const MAX_IDLE_CONNECTIONS = 8;
/** A stream that is not heard of for as long is rolled back, as sqld does it. */
const IDLE_MS = 10_000;

export interface StreamsDeps {
  /** Opens a connection with a busy timeout of 0. */
  open: () => SqliteHandle;
  /** Where the file lies, for messages about full disks and damaged files. */
  place?: FilePlace;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

interface Waiting {
  stream: Stream;
  /** Aborted when the stream goes on. */
  left: AbortController;
}

/**
 * The open streams. Between requests a stream waits under its baton, which is good for one use: whoever brings it
 * has the stream, and gets another baton with the answer.
 */
export class Streams {
  readonly #deps: StreamsDeps;
  readonly #idle: Connection[] = [];
  readonly #open = new Set<Stream>();
  readonly #waiting = new Map<string, Waiting>();

  constructor(deps: StreamsDeps) {
    this.#deps = deps;
  }

  /** A new stream, on a connection that nobody else uses meanwhile. */
  begin(): Promise<Stream> {
    return whileBusy(() => {
      if (this.#open.size >= MAX_STREAMS) {
        throw new LibsqlError(`${MAX_STREAMS} streams are open: close some`, 'SQLITE_BUSY');
      }
      const connection = this.#idle.pop() ?? new Connection(this.#deps.open());
      const stream = new Stream(connection, this.#deps.sleep, this.#deps.place);
      this.#open.add(stream);
      return stream;
    }, this.#deps.sleep);
  }

  /** @throws {LibsqlError} when the baton was used, or its stream has ended */
  goOn(baton: string): Stream {
    const waiting = this.#waiting.get(baton);
    if (!waiting) {
      throw new LibsqlError(
        'The baton was used before, or its stream was rolled back after 10 s without a request: begin again',
        'STREAM_EXPIRED',
      );
    }
    this.#waiting.delete(baton);
    waiting.left.abort();
    return waiting.stream;
  }

  /** Lets a stream wait for its next request. Answers with its baton. */
  wait(stream: Stream): string {
    const baton = crypto.randomUUID();
    const left = new AbortController();
    this.#waiting.set(baton, { stream, left });
    void this.#deps.sleep(IDLE_MS, left.signal).then(() => {
      if (this.#waiting.delete(baton)) this.end(stream);
    });
    return baton;
  }

  /** Rolls back what the stream has not committed, and keeps its connection for others if it is as it was. */
  end(stream: Stream): void {
    if (!this.#open.delete(stream)) return;
    const { connection } = stream;
    if (connection.isClean && this.#idle.length < MAX_IDLE_CONNECTIONS) this.#idle.push(connection);
    else connection.close();
  }

  /** Ends everything. */
  close(): void {
    for (const { left } of this.#waiting.values()) left.abort();
    this.#waiting.clear();
    for (const stream of this.#open) this.end(stream);
    for (const connection of this.#idle.splice(0)) connection.close();
  }
}
