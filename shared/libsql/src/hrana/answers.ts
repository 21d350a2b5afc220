import type { HranaValue } from './schemas.ts';

/** What the server answers with, in the shapes of Hrana's JSON encoding. */

export interface HranaError {
  message: string;
  /** SQLite's primary code (`SQLITE_CONSTRAINT`), or one of Hrana's (`STREAM_EXPIRED`). */
  code: string;
}

interface Column {
  name: string;
  /** As the table was declared; null for an expression. */
  decltype: string | null;
}

export interface StatementResult {
  cols: Column[];
  rows: HranaValue[][];
  /** Rows that an INSERT, UPDATE or DELETE has changed; 0 for anything else. */
  affected_row_count: number;
  /** Decimal text; only an INSERT has it. */
  last_insert_rowid: string | null;
}

/** One entry per step; a step that was skipped has neither. */
export interface BatchResult {
  step_results: (StatementResult | null)[];
  step_errors: (HranaError | null)[];
}

export interface Description {
  params: { name: string | null }[];
  cols: Column[];
  is_explain: boolean;
  is_readonly: boolean;
}

export type StreamResponse =
  | { type: 'execute'; result: StatementResult }
  | { type: 'batch'; result: BatchResult }
  | { type: 'describe'; result: Description }
  | { type: 'get_autocommit'; is_autocommit: boolean }
  | { type: 'sequence' | 'store_sql' | 'close_sql' | 'close' };

export type StreamResult = { type: 'ok'; response: StreamResponse } | { type: 'error'; error: HranaError };
