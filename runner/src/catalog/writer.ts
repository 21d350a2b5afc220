import type { ResultSet } from '@libsql/client';
import type { SQL } from 'drizzle-orm';
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core';
import type { LimitFunction } from 'p-limit';
import { CatalogFenced, holdFences, type TaskLease } from './fences.ts';
import {
  backOff,
  CONFLICTS_BEFORE_RESERVATION,
  countChange,
  type ReservationHolder,
  releaseReservation,
  waitForReservation,
} from './write-reservation.ts';

/** The catalog for writing, which is what every function that changes it takes. It writes for as long as its lease is the newest. */
export interface CatalogWriter extends ReservationHolder {
  /** Null for what a person does at the command line. */
  lease: TaskLease | null;
  /** Changes of one process wait for each other: they would only overtake each other. */
  inTurn: LimitFunction;
}

const dialect = new SQLiteAsyncDialect();

/**
 * Runs the statements as one transaction that takes the write lock at once. A batch is the only kind of
 * transaction used here, because it is the only kind that works alike on a file and over HTTP. For statements that need nothing
 * to be as it was read before, and that nobody else's plans depend on; for others there is `change`.
 *
 * @throws CatalogFenced when the lease is not the newest any more, and nothing was written
 */
export async function write({ client, lease }: CatalogWriter, statements: SQL[]): Promise<ResultSet[]> {
  const opening = lease ? [holdFences(lease)] : [];
  const queries = [...opening, ...statements].map((each) => {
    const { sql: text, params } = dialect.sqlToQuery(each);
    return { sql: text, args: params.map(toArgument) };
  });
  try {
    return (await client.batch(queries, 'write')).slice(opening.length);
  } catch (error) {
    if (lease && isRaised(error, 'catalog_fenced')) throw new CatalogFenced(lease, error);
    throw error;
  }
}

/**
 * Reads and writes as if nobody else did: the statements of `plan` run only if nobody has changed anything since it began to read;
 * otherwise it is asked anew. It must not change anything itself, and only what it returned last counts. A change that
 * others overtook several times has the next turn, so that a slow runner gets on beside a fast one.
 *
 * @throws what `plan` throws, or CatalogFenced
 */
export function change(writer: CatalogWriter, plan: () => Promise<SQL[]>): Promise<ResultSet[]> {
  return writer.inTurn(async () => {
    let overtaken = 0;
    try {
      for (;;) {
        const seen = await waitForReservation(writer);
        const statements = await plan();
        const results = statements.length === 0 ? [] : await tryChange(writer, seen, statements);
        if (results === null) {
          overtaken += 1;
          await backOff(writer, overtaken);
          continue;
        }
        if (statements.length === 0 && overtaken >= CONFLICTS_BEFORE_RESERVATION)
          await releaseReservation(writer);
        return results;
      }
    } catch (error) {
      // Others go on after a while without it, so that a failure here must not hide what happened.
      if (overtaken >= CONFLICTS_BEFORE_RESERVATION) await releaseReservation(writer).catch(() => {});
      throw error;
    }
  });
}

/** The statements' results; null when others were faster, and nothing was written. */
async function tryChange(
  writer: CatalogWriter,
  seen: number,
  statements: SQL[],
): Promise<ResultSet[] | null> {
  try {
    return (await write(writer, [countChange(writer, seen), ...statements])).slice(1);
  } catch (error) {
    if (isRaised(error, 'catalog_overtaken')) return null;
    throw error;
  }
}

/** By the text that a trigger of the migrations gives: the codes of a file and of a server differ. */
function isRaised(error: unknown, text: string): boolean {
  return error instanceof Error && error.message.includes(text);
}

type Argument = string | number | bigint | boolean | Uint8Array | null;

/** Whole numbers are bound as such: a JavaScript number is REAL over HTTP, which shows in expressions. */
function toArgument(value: unknown): Argument {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`A ${typeof value} cannot be stored in the catalog`);
}
