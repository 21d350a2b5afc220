import { cleanUpFaults, firstFault } from '@trainer/async/with-clean-up';
import { onceCoded } from '@trainer/libsql/sqlite/errors';
import { DrizzleQueryError } from 'drizzle-orm/errors';

/**
 * What a thrown thing says. Of a failed statement that is what the database said: its text and values help nobody who reads a
 * run's reason, and may be what somebody wants to keep to themselves.
 */
export function messageOf(thrown: unknown): string {
  const error = firstFault(thrown);
  if (!(error instanceof Error)) return String(error);
  if (error instanceof DrizzleQueryError && error.cause) return messageOf(error.cause) + afterwards(error);
  return onceCoded(error.message) + afterwards(error);
}

/** What failed while cleaning up after the error, unless it is the same once more. */
function afterwards(error: Error): string {
  const said = cleanUpFaults(error).map(messageOf);
  const news = said.filter((each) => each !== error.message);
  return news.length === 0 ? '' : ` (cleaning up afterwards failed too: ${news.join('; ')})`;
}
