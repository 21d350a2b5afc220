import { LibsqlError } from '@libsql/client/web';
import { cleanUpFaults, firstFault } from '@trainer/async/with-clean-up';
import { onceCoded } from '@trainer/libsql/sqlite/errors';
import { DrizzleQueryError } from 'drizzle-orm';

/**
 * An error and what caused it, for the program's log. A failed statement appears without its values: they may be what
 * somebody wants to keep to themselves.
 */
export function withCauses(thrown: unknown): string {
  const error = firstFault(thrown);
  if (!(error instanceof Error)) return String(error);
  const message =
    error instanceof DrizzleQueryError ? `the statement "${error.query}" failed` : onceCoded(error.message);
  return chain(message, error.cause) + afterwards(error);
}

/** Libraries often repeat in their message what the cause says. */
function chain(message: string, cause: unknown): string {
  if (cause === undefined) return message;
  const why = withCauses(cause);
  return message.includes(why) ? message : `${message}: ${why}`;
}

/** What failed while cleaning up after the error. */
function afterwards(error: Error): string {
  const said = cleanUpFaults(error).map((each) => withCauses(each));
  return said.length === 0 ? '' : ` (cleaning up afterwards failed too: ${said.join('; ')})`;
}

/** What was the matter at the bottom of it; of a database, with what its client could say about the file. */
export function rootCause(thrown: unknown): string {
  const error = firstFault(thrown);
  if (!(error instanceof Error)) return String(error);
  const isExplained = error instanceof LibsqlError && error.code.startsWith('SQLITE_');
  return error.cause === undefined || isExplained ? onceCoded(error.message) : rootCause(error.cause);
}
