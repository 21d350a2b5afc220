import { withoutBlanks } from '../sqlite/split-statements.ts';

/** The verb behind the tables of a WITH; `replace(` is a function. */
const WRITE_VERB = /\b(?:INSERT|REPLACE|UPDATE|DELETE)\b(?!\s*\()/i;
const WRITES = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE']);
const READS = new Set(['SELECT', 'VALUES', 'EXPLAIN']);

export interface StatementKind {
  /** It inserts, updates or deletes, so that `changes()` speaks about it. */
  changesRows: boolean;
  inserts: boolean;
  reads: boolean;
  explains: boolean;
  /** It may leave something on the connection that the next user would see: a setting, a temporary table. */
  leavesTraces: boolean;
}

/** Tells what a statement does from its verb, which SQLite's binding does not say. */
export function kindOf(sql: string): StatementKind {
  const text = withoutBlanks(sql);
  const first = /^\w*/.exec(text)?.[0].toUpperCase() ?? '';
  const verb = first === 'WITH' ? (WRITE_VERB.exec(text)?.[0].toUpperCase() ?? 'SELECT') : first;
  return {
    changesRows: WRITES.has(verb),
    inserts: verb === 'INSERT' || verb === 'REPLACE',
    reads: READS.has(verb),
    explains: verb === 'EXPLAIN',
    leavesTraces: verb === 'PRAGMA' || verb === 'ATTACH' || /^CREATE\s+TEMP/i.test(text),
  };
}
