import type { SqliteHandle } from './handle.ts';

/** What may hold a `;` that ends no statement (strings, names, comments), space, a word, or one other character. */
const TOKENS =
  /'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*(?:(?!\*\/)[\s\S])*(?:\*\/|$)|\s+|\w+|[^\w\s]/g;
const IGNORED = /^(?:--|\/\*|\s)/;
const TRIGGER = /^CREATE (?:TEMP |TEMPORARY )?TRIGGER$/;

/**
 * The statements of a text, without the `;` behind and the comments in front of each. Ends them where SQLite's own
 * `sqlite3_complete` does (sqlite.org/c3ref/complete.html): at a `;`, and of a trigger at the `;` behind an END that follows one.
 *
 * Our own, because a batch takes statements one by one, SQLite's function is in no JavaScript binding, and the npm package for it
 * (dbgate-query-splitter 4.12.0) ends a trigger at the END of a CASE.
 */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  /** Tokens since the last `;`, as far as they matter. */
  let words: string[] = [];
  let isTrigger = false;
  for (const { 0: token, index } of sql.matchAll(TOKENS)) {
    if (IGNORED.test(token)) continue;
    if (token !== ';') {
      if (words.length > 3) continue;
      words.push(token.toUpperCase());
      isTrigger ||= TRIGGER.test(words.join(' '));
      continue;
    }
    if (!isTrigger || words.join(' ') === 'END') {
      statements.push(sql.slice(start, index));
      start = index + 1;
      isTrigger = false;
    }
    words = [];
  }
  statements.push(sql.slice(start));
  return statements.map((statement) => withoutBlanks(statement).trim()).filter((text) => text !== '');
}

/**
 * Runs the statements of `sql` one by one, until one fails. `attempt` gets each alone: trying the whole text again
 * would do twice what stands before the statement that found the file busy.
 */
export async function runSequence(
  handle: SqliteHandle,
  sql: string,
  attempt: (work: () => unknown) => Promise<unknown>,
): Promise<void> {
  for (let rest = withoutBlanks(sql); rest !== ''; ) {
    const statement = handle.prepare(rest);
    await attempt(() => statement.all());
    rest = withoutBlanks(rest.slice(statement.sourceSQL.length));
  }
}

/** Space, comments and empty statements, each in one way only, so that no text takes long to judge. */
const BLANK = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*(?:(?!\*\/)[\s\S])*(?:\*\/|$))*/;

/** `sql` from its first statement on; empty when there is none. */
export function withoutBlanks(sql: string): string {
  return sql.replace(BLANK, '');
}
