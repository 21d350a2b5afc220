import type { SqliteHandle } from './handle.ts';

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
