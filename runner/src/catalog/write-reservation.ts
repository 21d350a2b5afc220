import { type SQL, sql } from 'drizzle-orm';
import type { CatalogDatabase } from './database.ts';

/** What the waiting of changes takes. */
export interface ReservationDeps {
  sleep: (ms: number) => Promise<void>;
  /** 0 to 1. */
  random: () => number;
  /** For what a person should know. */
  say: (message: string) => void;
}

/** Who waits for its turn at one catalog. */
export interface ReservationHolder extends CatalogDatabase, ReservationDeps {
  /** Tells this opening of the catalog from all others. */
  name: string;
}

/** A change that was overtaken as often asks for the next turn. */
export const CONFLICTS_BEFORE_RESERVATION = 2;
/** A change that failed as often is worth a line in the log. */
export const WARN_AFTER = 4;
/** Between two looks at a turn that another one has, and the first pause of a change that was overtaken; half more or less. */
const PAUSE_MS = 40;
/** One that keeps its turn longer is taken for dead. A plan takes milliseconds, and seconds on the slowest machine. */
export const RESERVATION_TIMEOUT_MS = 30_000;

interface State {
  number: number;
  turn: string | null;
}

/**
 * Waits while somebody else has the turn.
 *
 * @returns the number of changes so far
 */
export async function waitForReservation(taker: ReservationHolder): Promise<number> {
  let waitedMs = 0;
  let waitedFor: State | null = null;
  for (;;) {
    const state = await taker.db.get<State>(sql`SELECT number, turn FROM changes`);
    if (state.turn === null || state.turn === taker.name) return state.number;
    const isSame = waitedFor?.turn === state.turn && waitedFor.number === state.number;
    waitedFor = state;
    waitedMs = isSame ? waitedMs : 0;
    if (waitedMs >= RESERVATION_TIMEOUT_MS) {
      taker.say(
        'Another runner had asked for its turn to change the catalog and did nothing: it is not waited for any longer',
      );
      await run(
        taker,
        sql`UPDATE changes SET turn = NULL WHERE turn = ${state.turn} AND number = ${state.number}`,
      );
      continue;
    }
    waitedMs += await pause(taker, PAUSE_MS);
  }
}

/** What a change does that was overtaken: it pauses for a moment, and after some times asks for the next turn. */
export async function backOff(taker: ReservationHolder, overtaken: number): Promise<void> {
  if (overtaken === WARN_AFTER) {
    taker.say(
      `A change of the catalog was overtaken ${overtaken} times by other runners and is planned anew: many runners at once are slower than few`,
    );
  }
  if (overtaken < CONFLICTS_BEFORE_RESERVATION) await pause(taker, PAUSE_MS * overtaken);
  else await run(taker, sql`UPDATE changes SET turn = ${taker.name} WHERE turn IS NULL`);
}

/**
 * Counts a change, and gives the turn back with it. Fails as overtaken when others were counted since `seen`, or when somebody
 * else has the turn.
 */
export function countChange({ name }: ReservationHolder, seen: number): SQL {
  return sql`UPDATE changes SET turn = NULL, number = CASE WHEN turn IS NULL OR turn = ${name} THEN ${seen + 1} ELSE -1 END`;
}

/** For a change that came to nothing. */
export async function releaseReservation(taker: ReservationHolder): Promise<void> {
  await run(taker, sql`UPDATE changes SET turn = NULL WHERE turn = ${taker.name}`);
}

async function run({ db }: ReservationHolder, statement: SQL): Promise<void> {
  await db.all(statement);
}

/** @returns how long it was, ms */
async function pause({ sleep, random }: ReservationHolder, aboutMs: number): Promise<number> {
  const ms = aboutMs * (0.5 + random());
  await sleep(ms);
  return ms;
}
