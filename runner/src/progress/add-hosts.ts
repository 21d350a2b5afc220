import type { HostProgress, Progress } from '@trainer/contract/progress';
import type { Traffic } from '../http/traffic.ts';
import type { SourceTraffic } from '../sources/base/source.ts';

type Hosts = Progress['hosts'];

/** The figures per host of this attempt on top of those of earlier ones. */
export function addHosts(before: Hosts, now: SourceTraffic['hosts'] = new Map()): Hosts {
  const sum: Hosts = { ...before };
  for (const [host, traffic] of now) sum[host] = addTraffic(before[host], traffic);
  return sum;
}

function addTraffic(before: HostProgress | undefined, now: Readonly<Traffic>): HostProgress {
  const refusals = { ...before?.refusals };
  for (const [status, times] of Object.entries(now.refusalsByStatus)) {
    refusals[status] = (refusals[status] ?? 0) + times;
  }
  return {
    requests: (before?.requests ?? 0) + now.requests,
    browser_requests: (before?.browser_requests ?? 0) + now.browserRequests,
    bytes: (before?.bytes ?? 0) + now.bytes,
    refusals,
    failures: (before?.failures ?? 0) + now.failures,
    off_limits: (before?.off_limits ?? 0) + now.offLimits,
    waited_ms: Math.round((before?.waited_ms ?? 0) + now.waitedMs),
  };
}
