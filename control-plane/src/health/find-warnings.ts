import { limits } from '@trainer/contract/limits';
import { sql } from 'drizzle-orm';
import { findConfigWarnings } from '../config/read-config.ts';
import type { Database } from '../db/open.ts';
import { isoTime } from '../http/iso-time.ts';

/** On Node leases are looked after every second, on Workers once a minute; nobody did for three turns, ms. */
const OVERDUE_MS = 3 * 60_000;

interface Found {
  run: number | null;
  seenAt: number | null;
  expiresAt: number | null;
}

/** What somebody should see to although the control plane does its part: looks through short indexes, and at the runners while there is a run. */
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

/** Runners that are there while a run is, and take no work. */
async function pausedRunners(db: Database, now: number): Promise<string[]> {
  const rows = await db.all<{ name: string; paused: string }>(sql`
    SELECT about ->> 'name' AS name, about ->> 'paused' AS paused FROM runners
    WHERE last_seen_at > ${now - limits.runnerOnlineMs} AND about ->> 'paused' IS NOT NULL ORDER BY id LIMIT 5`);
  return rows.map(({ name, paused }) => `Runner ${name} takes no work. ${paused}.`);
}

function missingRunner({ run, seenAt }: Found, now: number): string[] {
  if (run === null || (seenAt !== null && seenAt > now - limits.runnerOnlineMs)) return [];
  const heard = seenAt === null ? 'was ever heard of' : `was heard of since ${isoTime(seenAt)}`;
  return [`Run ${run} waits, and no runner ${heard}: start one with "npm run runner -- start".`];
}

function missingHousekeeping({ expiresAt }: Found, now: number): string[] {
  if (expiresAt === null || expiresAt > now - OVERDUE_MS) return [];
  return [
    `A lease lapsed at ${isoTime(expiresAt)}, and nobody took it back: the housekeeping does not run. Look into the ` +
      'program’s log, and on Workers whether its cron trigger is set.',
  ];
}
