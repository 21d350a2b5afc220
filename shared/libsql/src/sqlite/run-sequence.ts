import type { SqliteHandle } from './handle.ts';
import { withoutBlanks } from './without-blanks.ts';

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
