import { LibsqlError } from '@libsql/core/api';
import { explainFault, type FilePlace, withoutCode } from '../sqlite/errors.ts';
import { whileBusy } from '../sqlite/while-busy.ts';
import type { BatchResult, HranaError, StreamResponse, StreamResult } from './answers.ts';
import type { Connection } from './connection.ts';
import type { HranaBatch, HranaCondition, HranaRequest, HranaSql } from './schemas.ts';

/** SQLite's extended code for a transaction that has read what is no longer the newest (sqlite.org/rescode.html). */
const SQLITE_BUSY_SNAPSHOT = 517;

/** One client's sequence of requests on one connection. */
export class Stream {
  readonly connection: Connection;
  isClosed = false;
  readonly #sleep: (ms: number) => Promise<void>;
  readonly #place: FilePlace | undefined;
  readonly #texts = new Map<number, string>();

  constructor(connection: Connection, sleep: (ms: number) => Promise<void>, place?: FilePlace) {
    this.connection = connection;
    this.#sleep = sleep;
    this.#place = place;
  }

  /** Answers one request; a failure is an answer too. `isAwaited` says whether anybody still waits for it. */
  async answer(request: HranaRequest, isAwaited: () => boolean): Promise<StreamResult> {
    const attempt = <T>(work: () => T) =>
      whileBusy(work, this.#sleep, (error) => isAwaited() && !this.#isOutdated(error));
    try {
      if (this.isClosed) throw new LibsqlError('The stream is closed: begin a new one', 'STREAM_CLOSED');
      return { type: 'ok', response: await this.#respond(request, attempt) };
    } catch (error) {
      return { type: 'error', error: toHranaError(error, this.#place) };
    }
  }

  async #respond(request: HranaRequest, attempt: Attempt): Promise<StreamResponse> {
    const { type } = request;
    switch (type) {
      case 'execute': {
        const sql = this.#textOf(request.stmt);
        return { type, result: await attempt(() => this.connection.execute(sql, request.stmt)) };
      }
      case 'batch':
        return { type, result: await this.#batch(request.batch, attempt) };
      case 'sequence':
        await this.connection.sequence(this.#textOf(request), attempt);
        return { type };
      case 'describe': {
        const sql = this.#textOf(request);
        return { type, result: await attempt(() => this.connection.describe(sql)) };
      }
      case 'store_sql':
        this.#texts.set(request.sql_id, request.sql);
        return { type };
      case 'close_sql':
        this.#texts.delete(request.sql_id);
        return { type };
      case 'get_autocommit':
        return { type, is_autocommit: this.connection.isAutocommit };
      case 'close':
        this.isClosed = true;
        return { type };
    }
  }

  async #batch({ steps }: HranaBatch, attempt: Attempt): Promise<BatchResult> {
    const done: BatchResult = { step_results: [], step_errors: [] };
    for (const { condition, stmt } of steps) {
      if (condition && !this.#holds(condition, done)) {
        done.step_results.push(null);
        done.step_errors.push(null);
        continue;
      }
      try {
        const sql = this.#textOf(stmt);
        done.step_results.push(await attempt(() => this.connection.execute(sql, stmt)));
        done.step_errors.push(null);
      } catch (error) {
        done.step_results.push(null);
        done.step_errors.push(toHranaError(error, this.#place));
      }
    }
    return done;
  }

  #holds(condition: HranaCondition, done: BatchResult): boolean {
    switch (condition.type) {
      case 'ok':
      case 'error': {
        const results = condition.type === 'ok' ? done.step_results : done.step_errors;
        const result = results[condition.step];
        if (result !== undefined) return result !== null;
        throw new LibsqlError(
          `A condition looks at step ${condition.step}, which does not come before it`,
          'BATCH_COND_INVALID',
        );
      }
      case 'not':
        return !this.#holds(condition.cond, done);
      case 'and':
        return condition.conds.every((each) => this.#holds(each, done));
      case 'or':
        return condition.conds.some((each) => this.#holds(each, done));
      case 'is_autocommit':
        return this.connection.isAutocommit;
    }
  }

  #textOf({ sql, sql_id: id }: HranaSql): string {
    const text = sql ?? (id == null ? undefined : this.#texts.get(id));
    if (text !== undefined) return text;
    throw new LibsqlError(
      id == null ? 'A statement needs sql or sql_id' : `No text is stored as sql_id ${id} on this stream`,
      'SQL_NOT_FOUND',
    );
  }

  /** Waiting does not help a transaction that has read what somebody has changed since: only beginning again does. */
  #isOutdated(error: LibsqlError): boolean {
    return error.rawCode === SQLITE_BUSY_SNAPSHOT && !this.connection.isAutocommit;
  }
}

type Attempt = <T>(work: () => T) => Promise<T>;

/** An error as clients get it, which put the code in front of the message again. */
export function toHranaError(error: unknown, place?: FilePlace): HranaError {
  const known = explainFault(error, place);
  return { code: known.code, message: withoutCode(known) };
}
