import { limits } from '@trainer/contract/limits';
import { gauge, type Metric, seconds, secondsSince, some } from './exposition.ts';
import type { Figures } from './read-figures.ts';

export interface Moment {
  /** Ms since 1970. */
  now: number;
  /** How long a lease lives after each heartbeat here, ms. */
  leaseTtlMs: number;
}

/** A refused runner asks again within ten minutes; after a longer silence it counts as gone, ms. */
const REFUSED_MS = 15 * 60_000;

/** Held leases, the age of their heartbeats, and runners, idle ones included. */
export function leaseMetrics({ leases, seen }: Figures, { now, leaseTtlMs }: Moment): Metric[] {
  const held = leases.filter(({ expiresAt }) => (expiresAt ?? 0) > now);
  const granted = held.flatMap(({ grantedAt }) => grantedAt ?? []);
  const heardOf = seen.filter(({ at }) => at > now - limits.runnerOnlineMs);
  const online = heardOf.filter(({ isRefused }) => isRefused === 0);
  return [
    gauge('trainer_leases_held', 'Leases that are held.', [{ value: held.length }]),
    gauge('trainer_leases_lapsed', 'Leases that expired and were not reclaimed yet.', [
      { value: leases.length - held.length },
    ]),
    gauge(
      'trainer_lease_age_seconds',
      'Time since the oldest held lease was granted.',
      some(earliest(granted), (at) => ({ value: secondsSince(at, now) })),
    ),
    gauge(
      'trainer_lease_silence_seconds',
      `Longest time since a heartbeat of a held lease; it expires at ${seconds(leaseTtlMs)}.`,
      some(earliest(held.map((lease) => heardAt(lease, leaseTtlMs))), (at) => ({
        value: secondsSince(at, now),
      })),
    ),
    gauge('trainer_runners_online', 'Runners that sent a request within the last minute.', [
      { value: online.length },
    ]),
    gauge('trainer_runners_refused', 'Runners that were refused lately because of an unsupported protocol.', [
      { value: seen.filter(({ isRefused, at }) => isRefused === 1 && at > now - REFUSED_MS).length },
    ]),
    gauge(
      'trainer_runner_seen_age_seconds',
      'Time since the last request of the runner, which is recorded every 10 s.',
      seen.map(({ id, name, at }) => ({
        labels: { runner_id: id, runner: name },
        value: secondsSince(at, now),
      })),
    ),
  ];
}

/** The last heartbeat, from the expiry that it set; the time of the grant for a lease without a heartbeat. */
function heardAt({ grantedAt, expiresAt }: Figures['leases'][number], leaseTtlMs: number): number {
  const until = expiresAt ?? 0;
  const isUnbeaten = grantedAt !== null && until === grantedAt + limits.firstHeartbeatMs;
  return isUnbeaten ? grantedAt : until - leaseTtlMs;
}

function earliest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.min(...times);
}
