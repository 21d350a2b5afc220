import { limits } from '@trainer/contract/limits';
import { gauge, type Metric, seconds, secondsSince, some } from './exposition.ts';
import type { Figures } from './read-figures.ts';

export interface Moment {
  /** Ms since 1970. */
  now: number;
  /** How long a lease lives after each heartbeat here, ms. */
  leaseTtlMs: number;
}

/** A runner that is refused asks every ten minutes at most; one that was not heard of for longer is gone, ms. */
const REFUSED_MS = 15 * 60_000;

/** Who works now, and who of them has fallen silent; runners with nothing to do count too. */
export function leaseMetrics({ leases, seen }: Figures, { now, leaseTtlMs }: Moment): Metric[] {
  const held = leases.filter(({ expiresAt }) => (expiresAt ?? 0) > now);
  const granted = held.flatMap(({ grantedAt }) => grantedAt ?? []);
  const heardOf = seen.filter(({ at }) => at > now - limits.runnerOnlineMs);
  const online = heardOf.filter(({ isRefused }) => isRefused === 0);
  return [
    gauge('trainer_leases_held', 'Leases that live.', [{ value: held.length }]),
    gauge('trainer_leases_lapsed', 'Leases that lapsed and were not taken back yet.', [
      { value: leases.length - held.length },
    ]),
    gauge(
      'trainer_lease_age_seconds',
      'Time since the oldest lease that lives was granted.',
      some(earliest(granted), (at) => ({ value: secondsSince(at, now) })),
    ),
    gauge(
      'trainer_lease_silence_seconds',
      `Longest time since a heartbeat of a lease that lives; it lapses at ${seconds(leaseTtlMs)}.`,
      some(earliest(held.map((lease) => heardAt(lease, leaseTtlMs))), (at) => ({
        value: secondsSince(at, now),
      })),
    ),
    gauge('trainer_runners_online', 'Runners that were heard of within the last minute.', [
      { value: online.length },
    ]),
    gauge(
      'trainer_runners_refused',
      'Runners that asked lately and were refused, because their protocol is not spoken here.',
      [{ value: seen.filter(({ isRefused, at }) => isRefused === 1 && at > now - REFUSED_MS).length }],
    ),
    gauge(
      'trainer_runner_seen_age_seconds',
      'Time since the runner was heard of, which is written down every 10 s.',
      seen.map(({ id, name, at }) => ({
        labels: { runner_id: id, runner: name },
        value: secondsSince(at, now),
      })),
    ),
  ];
}

/** A heartbeat makes a lease live for its whole time from then on; one without any has the time of its grant. */
function heardAt({ grantedAt, expiresAt }: Figures['leases'][number], leaseTtlMs: number): number {
  const until = expiresAt ?? 0;
  const isUnbeaten = grantedAt !== null && until === grantedAt + limits.firstHeartbeatMs;
  return isUnbeaten ? grantedAt : until - leaseTtlMs;
}

function earliest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.min(...times);
}
