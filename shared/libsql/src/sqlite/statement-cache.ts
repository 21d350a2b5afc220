import { LibsqlError } from '@libsql/core/api';
import type { SqliteHandle, SqliteStatement } from './handle.ts';
import { withoutBlanks } from './split-statements.ts';

/** Prepared statements kept per connection; a program has a few dozen texts, the rest is generated. */
const SIZE = 256;

export interface PreparedStatement {
  statement: SqliteStatement;
  /** Whether it has columns, as SELECT and RETURNING do. */
  returnsRows: boolean;
}

/** The prepared statements of one connection, which give their rows as arrays. */
export class StatementCache {
  readonly #handle: SqliteHandle;
  readonly #readBigInts: boolean;
  readonly #known = new Map<string, PreparedStatement>();

  /** @param readBigInts whether integers are read as bigint, else as number */
  constructor(handle: SqliteHandle, { readBigInts }: { readBigInts: boolean }) {
    this.#handle = handle;
    this.#readBigInts = readBigInts;
  }

  /** @throws when the text is no SQL, or more than one statement: SQLite would silently leave out the others. */
  prepare(sql: string): PreparedStatement {
    const known = this.#known.get(sql);
    if (known) return known;
    const statement = this.#handle.prepare(sql);
    if (withoutBlanks(sql.slice(statement.sourceSQL.length)) !== '') {
      throw new LibsqlError(
        'The text holds more than one statement: send them as a batch or with executeMultiple',
        'SQL_MANY_STATEMENTS',
      );
    }
    statement.setReturnArrays(true);
    statement.setReadBigInts(this.#readBigInts);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    if (this.#known.size >= SIZE) this.#known.clear();
    this.#known.set(sql, prepared);
    return prepared;
  }

  clear(): void {
    this.#known.clear();
  }
}
