import { LibsqlError } from '@libsql/core/api';
import { withCleanUpSync } from '@trainer/async/with-clean-up';
import type { SqliteHandle, SqliteStatement } from '../sqlite/handle.ts';
import { runSequence } from '../sqlite/split-statements.ts';
import { StatementCache } from '../sqlite/statement-cache.ts';
import type { Description, StatementResult } from './answers.ts';
import { kindOf } from './kind-of.ts';
import type { HranaStatement } from './schemas.ts';
import { fromSqlValue, toSqlValue } from './values.ts';

/** How libSQL begins a transaction that may not write, which SQLite's grammar lacks. */
const READ_ONLY_BEGIN = /^\s*BEGIN\s+(?:TRANSACTION\s+)?READONLY[\s;]*$/i;

/** One SQLite connection that speaks in Hrana's values. It serves one stream at a time. */
export class Connection {
  readonly #handle: SqliteHandle;
  readonly #statements: StatementCache;
  #hasTraces = false;
  #isReadOnly = false;

  constructor(handle: SqliteHandle) {
    this.#handle = handle;
    this.#statements = new StatementCache(handle, { readBigInts: true });
  }

  get isAutocommit(): boolean {
    return !this.#handle.isTransaction;
  }

  /** @throws what SQLite says, or {LibsqlError} when the arguments make no sense */
  execute(sql: string, statement: HranaStatement): StatementResult {
    if (READ_ONLY_BEGIN.test(sql)) return this.#beginReadOnly();
    return withCleanUpSync(
      () => this.#run(sql, statement),
      () => {
        if (this.#isReadOnly && this.isAutocommit) this.#setReadOnly(false);
      },
    );
  }

  /** Runs the statements of a text one by one, each through `attempt`. */
  sequence(sql: string, attempt: (work: () => unknown) => Promise<unknown>): Promise<void> {
    // Nobody looks into the text.
    this.#hasTraces = true;
    return runSequence(this.#handle, sql, attempt);
  }

  describe(sql: string): Description {
    const { statement } = this.#statements.prepare(sql);
    const kind = kindOf(sql);
    return {
      params: parametersOf(sql),
      cols: columnsOf(statement),
      is_explain: kind.explains,
      is_readonly: kind.reads,
    };
  }

  /** Whether another stream may have the connection, without noticing this one. */
  get isClean(): boolean {
    return this.isAutocommit && !this.#hasTraces;
  }

  /** Closes it for good; an open transaction is rolled back. */
  close(): void {
    this.#statements.clear();
    this.#handle.close();
  }

  #beginReadOnly(): StatementResult {
    this.#handle.exec('BEGIN DEFERRED');
    this.#setReadOnly(true);
    return { cols: [], rows: [], affected_row_count: 0, last_insert_rowid: null };
  }

  #setReadOnly(isReadOnly: boolean): void {
    this.#handle.exec(`PRAGMA query_only = ${isReadOnly ? 'ON' : 'OFF'}`);
    this.#isReadOnly = isReadOnly;
  }

  #run(sql: string, { args, named_args: namedArgs, want_rows: wantsRows }: HranaStatement): StatementResult {
    if (args.length > 0 && namedArgs.length > 0) {
      throw new LibsqlError(
        'A statement takes its arguments by position or by name, not both',
        'ARGS_BOTH_POSITIONAL_AND_NAMED',
      );
    }
    const kind = kindOf(sql);
    this.#hasTraces ||= kind.leavesTraces;
    const { statement, returnsRows } = this.#statements.prepare(sql);
    const named = Object.fromEntries(namedArgs.map(({ name, value }) => [name, toSqlValue(value)]));
    const values = args.map(toSqlValue);
    if (!returnsRows) {
      const done = namedArgs.length > 0 ? statement.run(named) : statement.run(...values);
      return {
        cols: [],
        rows: [],
        affected_row_count: kind.changesRows ? Number(done.changes) : 0,
        last_insert_rowid: kind.inserts ? done.lastInsertRowid.toString() : null,
      };
    }
    const rows = namedArgs.length > 0 ? statement.all(named) : statement.all(...values);
    const [changes, rowid] = kind.changesRows ? this.#lastChange() : [0n, 0n];
    return {
      // Only now: a table that another connection has changed since gives `*` other columns than it did.
      cols: columnsOf(statement),
      rows: wantsRows === false ? [] : rows.map((row) => asArray(row).map(fromSqlValue)),
      affected_row_count: Number(changes),
      last_insert_rowid: kind.inserts ? String(rowid) : null,
    };
  }

  /** How many rows the last write has changed, and the last row id: rows of a RETURNING do not tell. */
  #lastChange(): unknown[] {
    const { statement } = this.#statements.prepare('SELECT changes(), last_insert_rowid()');
    return asArray(statement.all()[0]);
  }
}

function columnsOf(statement: SqliteStatement): StatementResult['cols'] {
  return statement.columns().map(({ name, type }) => ({ name, decltype: type }));
}

function asArray(row: unknown): unknown[] {
  if (!Array.isArray(row)) throw new TypeError('SQLite returned a row that is not an array');
  return row;
}

/** What may hold a `?` that is no parameter (strings, names, comments), or a parameter. */
const TOKENS = /'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*(?:(?!\*\/)[\s\S])*|\?(\d*)|[:@$]\w+/g;

/** The parameters of a statement in SQLite's numbering (sqlite.org/lang_expr.html#varparam): `?` has no name. */
function parametersOf(sql: string): { name: string | null }[] {
  const names: (string | null)[] = [];
  for (const [token, number] of sql.matchAll(TOKENS)) {
    if (number === '') names.push(null);
    else if (number !== undefined) {
      while (names.length < Number(number)) names.push(null);
      names[Number(number) - 1] = token;
    } else if (/^[:@$]/.test(token) && !names.includes(token)) names.push(token);
  }
  return names.map((name) => ({ name }));
}
