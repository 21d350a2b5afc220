import { limits } from '@trainer/contract/limits';
import { sql } from 'drizzle-orm';
import { findConfigWarnings } from '../config/read-config.ts';
import type { Database } from '../db/open.ts';
import { isoTime } from '../http/iso-time.ts';

/** Housekeeping runs every second on Node and every minute on Workers; three missed turns are a fault, ms. */
const OVERDUE_MS = 3 * 60_000;

interface Found {
  run: number | null;
  seenAt: number | null;
  expiresAt: number | null;
}

/** Conditions that need an operator although the control plane itself works. Reads short indexes, and the runners while a run is unfinished. */
export async function findWarnings(db: Database, now: number): Promise<string[]> {
  const [found] = await db.all<Found>(sql`SELECT
    (SELECT min(id) FROM runs WHERE finished_at IS NULL) AS run,
    (SELECT max(last_seen_at) FROM runners) AS seenAt,
    (SELECT min(lease_expires_at) FROM tasks WHERE status = 'leased') AS expiresAt`);
  const ofConfig = await findConfigWarnings(db);
  if (!found) return ofConfig;
  const paused = found.run === null ? [] : await pausedRunners(db, now);
  return [...missingRunner(found, now), ...missingHousekeeping(found, now), ...paused, ...ofConfig];
}

/** Online runners that take no work while a run is unfinished. */
async function pausedRunners(db: Database, now: number): Promise<string[]> {
  const rows = await db.all<{ name: string; paused: string }>(sql`
    SELECT about ->> 'name' AS name, about ->> 'paused' AS paused FROM runners
    WHERE last_seen_at > ${now - limits.runnerOnlineMs} AND about ->> 'paused' IS NOT NULL ORDER BY id LIMIT 5`);
  return rows.map(({ name, paused }) => `Runner ${name} takes no work. ${paused}.`);
}

function missingRunner({ run, seenAt }: Found, now: number): string[] {
  if (run === null || (seenAt !== null && seenAt > now - limits.runnerOnlineMs)) return [];
  const heard = seenAt === null ? 'has ever connected' : `has connected since ${isoTime(seenAt)}`;
  return [`Run ${run} waits and no runner ${heard}: start one with "npm run runner -- start".`];
}

function missingHousekeeping({ expiresAt }: Found, now: number): string[] {
  if (expiresAt === null || expiresAt > now - OVERDUE_MS) return [];
  return [
    `A lease expired at ${isoTime(expiresAt)} and was not reclaimed: the housekeeping does not run. Check the program’s ` +
      'log, and on Workers whether its cron trigger is set.',
  ];
}
