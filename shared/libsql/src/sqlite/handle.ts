export type SqlValue = null | number | bigint | string | Uint8Array;

/** What is used of `node:sqlite`'s `StatementSync`. */
export interface SqliteStatement {
  /** The text of this statement alone, without what follows it in the text that was prepared. */
  readonly sourceSQL: string;
  columns(): { name: string; type: string | null }[];
  setReturnArrays(enabled: boolean): void;
  setReadBigInts(enabled: boolean): void;
  all(...args: SqlValue[]): unknown[];
  all(named: Record<string, SqlValue>): unknown[];
  run(...args: SqlValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  run(named: Record<string, SqlValue>): { changes: number | bigint; lastInsertRowid: number | bigint };
}

/** What is used of `node:sqlite`'s `DatabaseSync`. Open it with a busy timeout of 0: waiting is done by `whileBusy`. */
export interface SqliteHandle {
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}
