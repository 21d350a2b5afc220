import {
  type Client,
  type InArgs,
  type InStatement,
  type InValue,
  LibsqlError,
  type ResultSet,
  type Row,
  type Transaction,
  type TransactionMode,
  type Value,
} from '@libsql/core/api';
import { ResultSetImpl } from '@libsql/core/util';
import { cleanUpAfter, withCleanUp } from '@trainer/async/with-clean-up';
import { explainFault, type FilePlace, toLibsqlError } from '@trainer/libsql/sqlite/errors';
import type { SqliteHandle, SqlValue } from '@trainer/libsql/sqlite/handle';
import { runSequence } from '@trainer/libsql/sqlite/split-statements';
import { StatementCache } from '@trainer/libsql/sqlite/statement-cache';
import { whileBusy } from '@trainer/libsql/sqlite/while-busy';

/**
 * The libSQL client interface on a synchronous SQLite handle.
 *
 * The embedded library behind `@libsql/client`'s `file:` urls loses acknowledged writes after one
 * SQLITE_BUSY (libsql-js pull requests 237 and 238), so files are opened by Node's own SQLite and this adapter
 * gives them the interface that the HTTP client has. No I/O happens here: the handle is handed in.
 */

const BEGIN: Record<TransactionMode, string> = {
  write: 'BEGIN IMMEDIATE',
  read: 'BEGIN DEFERRED',
  // drizzle's `batch` asks for "deferred" and then writes: taking the lock at once is what keeps a second
  // writer from failing it half way.
  deferred: 'BEGIN IMMEDIATE',
};

/**
 * Adapts an open SQLite handle. `sleep` is awaited between attempts while the file is busy; `place` says where the file lies, for
 * messages about full disks and damaged files.
 */
export function libsqlClient(
  handle: SqliteHandle,
  sleep: (ms: number) => Promise<void>,
  place?: FilePlace,
): Client {
  return new HandleClient(handle, sleep, place);
}

class HandleClient implements Client {
  closed = false;
  readonly protocol = 'file';
  readonly #handle: SqliteHandle;
  readonly #sleep: (ms: number) => Promise<void>;
  readonly #place: FilePlace | undefined;
  readonly #statements: StatementCache;
  /** Tail of the queue: one connection serves one caller at a time, also across an open transaction. */
  #turn: Promise<void> = Promise.resolve();

  constructor(handle: SqliteHandle, sleep: (ms: number) => Promise<void>, place: FilePlace | undefined) {
    this.#handle = handle;
    this.#sleep = sleep;
    this.#place = place;
    this.#statements = new StatementCache(handle, { readBigInts: false });
  }

  execute(statement: InStatement | string, args?: InArgs): Promise<ResultSet> {
    const [sql, values] = typeof statement === 'string' ? [statement, args] : [statement.sql, statement.args];
    return this.#exclusive(() => this.#whileBusy(() => this.#run(sql, values)));
  }

  batch(
    statements: (InStatement | [string, InArgs?])[],
    mode: TransactionMode = 'write',
  ): Promise<ResultSet[]> {
    return this.#exclusive(async () => {
      await this.#whileBusy(() => this.#handle.exec(BEGIN[mode]));
      return this.#orRollback(() => {
        const results = statements.map((each) => {
          if (typeof each === 'string') return this.#run(each);
          return Array.isArray(each) ? this.#run(each[0], each[1]) : this.#run(each.sql, each.args);
        });
        this.#handle.exec('COMMIT');
        return results;
      });
    });
  }

  migrate(statements: InStatement[]): Promise<ResultSet[]> {
    return this.#exclusive(async () => {
      this.#handle.exec('PRAGMA foreign_keys = OFF');
      const work = async () => {
        await this.#whileBusy(() => this.#handle.exec(BEGIN.write));
        return this.#orRollback(() => {
          const results = statements.map((each) =>
            typeof each === 'string' ? this.#run(each) : this.#run(each.sql, each.args),
          );
          this.#handle.exec('COMMIT');
          return results;
        });
      };
      return withCleanUp(work, () => this.#handle.exec('PRAGMA foreign_keys = ON'));
    });
  }

  async transaction(mode: TransactionMode = 'write'): Promise<Transaction> {
    const release = await this.#take();
    try {
      await this.#whileBusy(() => this.#handle.exec(BEGIN[mode]));
    } catch (error) {
      release();
      throw explainFault(error, this.#place);
    }
    return this.#openTransaction(release);
  }

  executeMultiple(sql: string): Promise<void> {
    return this.#exclusive(() => runSequence(this.#handle, sql, (work) => this.#whileBusy(work)));
  }

  async sync(): Promise<undefined> {
    return undefined;
  }

  reconnect(): void {}

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#statements.clear();
    this.#handle.close();
  }

  #openTransaction(release: () => void): Transaction {
    let closed = false;
    /** A statement outside of the transaction would be kept although what stood before it is gone. */
    const inside = <T>(work: () => T): T => {
      if (closed) throw new LibsqlError('The transaction has ended', 'TRANSACTION_CLOSED');
      if (!this.#handle.isTransaction) throw rolledBackByItself();
      try {
        return work();
      } catch (error) {
        throw explainFault(error, this.#place);
      }
    };
    const run = (sql: string, args?: InArgs) => inside(() => this.#run(sql, args));
    const end = (work: () => void) => {
      if (closed) return;
      try {
        work();
      } finally {
        closed = true;
        release();
      }
    };
    const rollback = () =>
      end(() => {
        if (this.#handle.isTransaction) this.#handle.exec('ROLLBACK');
      });
    return {
      get closed() {
        return closed;
      },
      execute: async (each) => (typeof each === 'string' ? run(each) : run(each.sql, each.args)),
      batch: async (all) =>
        all.map((each) => (typeof each === 'string' ? run(each) : run(each.sql, each.args))),
      executeMultiple: async (sql) => inside(() => this.#handle.exec(sql)),
      commit: async () => end(() => inside(() => this.#orRollback(() => this.#handle.exec('COMMIT')))),
      rollback: async () => rollback(),
      close: rollback,
    };
  }

  #run(sql: string, args: InArgs = []): ResultSet {
    try {
      const { statement, returnsRows } = this.#statements.prepare(sql);
      const isPositional = Array.isArray(args);
      if (!returnsRows) {
        const done = isPositional ? statement.run(...args.map(toSql)) : statement.run(toNamed(args));
        return new ResultSetImpl([], [], [], Number(done.changes), BigInt(done.lastInsertRowid));
      }
      const rows = isPositional ? statement.all(...args.map(toSql)) : statement.all(toNamed(args));
      // Only now: a table that another connection has changed since gives `*` other columns than it did.
      const columns = statement.columns();
      const names = columns.map((column) => column.name);
      return new ResultSetImpl(
        names,
        columns.map((column) => column.type ?? ''),
        rows.map((row) => toRow(names, row)),
        0,
        undefined,
      );
    } catch (error) {
      throw toLibsqlError(error);
    }
  }

  #orRollback<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const known = toLibsqlError(error);
      // After some faults (a full disk, an I/O error) SQLite has rolled back by itself.
      if (this.#handle.isTransaction) cleanUpAfter(known, () => this.#handle.exec('ROLLBACK'));
      throw known;
    }
  }

  #whileBusy<T>(work: () => T): Promise<T> {
    return whileBusy(work, this.#sleep);
  }

  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.#take();
    try {
      return await work();
    } catch (error) {
      throw explainFault(error, this.#place);
    } finally {
      release();
    }
  }

  async #take(): Promise<() => void> {
    if (this.closed) throw new LibsqlError('The client is closed', 'CLIENT_CLOSED');
    const before = this.#turn;
    const mine = Promise.withResolvers<void>();
    this.#turn = mine.promise;
    await before;
    return mine.resolve;
  }
}

function rolledBackByItself(): LibsqlError {
  return new LibsqlError(
    'SQLite has rolled the transaction back after the fault before this: begin a new one',
    'TRANSACTION_CLOSED',
  );
}

function toSql(value: InValue): SqlValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.valueOf();
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return value;
}

function toNamed(args: Record<string, InValue>): Record<string, SqlValue> {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, toSql(value)]));
}

/** Rows answer to both position and name, with the names alone enumerable, as the HTTP client's do. */
function toRow(names: string[], values: unknown): Row {
  if (!Array.isArray(values)) throw new TypeError('SQLite returned a row that is not an array');
  const row: Row = Object.defineProperty({ length: values.length }, 'length', { enumerable: false });
  for (const [index, value] of values.entries()) {
    const plain: Value = value instanceof Uint8Array ? new Uint8Array(value).buffer : value;
    Object.defineProperty(row, index, { value: plain, enumerable: false });
    const name = names[index];
    if (name !== undefined && !Object.hasOwn(row, name)) {
      Object.defineProperty(row, name, { value: plain, enumerable: true });
    }
  }
  return row;
}
