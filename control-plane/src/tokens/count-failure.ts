import { lt, sql } from 'drizzle-orm';
import type { Deps } from '../context/deps.ts';
import { failedAttempts } from '../db/schema/tokens.ts';
import { ProblemError } from '../http/problem-error.ts';

/** Failed attempts that a client has within a window. */
const MAX_FAILURES = 10;
const WINDOW_MS = 60_000;

type Need = Pick<Deps, 'db' | 'clock'>;

/**
 * Counts a failed attempt of `client`. Rows of past windows go with every count, so the table stays as small as
 * the number of clients that failed within a minute.
 *
 * @throws {ProblemError} `too_many_requests` from the eleventh within a minute.
 */
export async function countFailure({ db, clock }: Need, client: string): Promise<void> {
  const now = clock.now();
  const [, rows] = await db.batch([
    db.delete(failedAttempts).where(lt(failedAttempts.since, now - WINDOW_MS)),
    db
      .insert(failedAttempts)
      .values({ client, failures: 1, since: now })
      .onConflictDoUpdate({
        target: failedAttempts.client,
        set: { failures: sql`${failedAttempts.failures} + 1` },
      })
      .returning(),
  ]);
  for (const row of rows) refuseIfTooMany(row, now);
}

function refuseIfTooMany({ failures, since }: typeof failedAttempts.$inferSelect, now: number): void {
  const waitMs = since + WINDOW_MS - now;
  if (failures <= MAX_FAILURES || waitMs < 0) return;
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  throw new ProblemError(
    'too_many_requests',
    `There were more than ${MAX_FAILURES} failed attempts within a minute. Try again in ${seconds} s.`,
    { headers: { 'retry-after': String(seconds) } },
  );
}
