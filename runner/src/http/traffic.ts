/** What one host was asked and gave: the figures of a politeness report. */
export interface Traffic {
  requests: number;
  /** Sent by a browser on its own for the pages that were asked for: scripts, frames, data. About, since not all can be seen. */
  browserRequests: number;
  /** As received, before decompression. */
  bytes: number;
  /** Answers 401, 403, 429 and 5xx. */
  refusals: number;
  /** The same, by status. */
  refusalsByStatus: Record<string, number>;
  /** Tries without an answer: hang-ups, time-outs, addresses that are not there. */
  failures: number;
  /** Pages that were not asked for because the host's robots.txt says so. */
  offLimits: number;
  /** Time in which a request to this host stood first in the queue and waited for its turn, ms. */
  waitedMs: number;
}

export interface TrafficCounter {
  /** By `host:port`. */
  hosts: ReadonlyMap<string, Readonly<Traffic>>;
  of(url: URL): Traffic;
  total(): Traffic;
}

export function createTrafficCounter(): TrafficCounter {
  const hosts = new Map<string, Traffic>();
  return {
    hosts,
    of(url) {
      const traffic = hosts.get(url.host) ?? noTraffic();
      hosts.set(url.host, traffic);
      return traffic;
    },
    total: () => [...hosts.values()].reduce(addTraffic, noTraffic()),
  };
}

export function noTraffic(): Traffic {
  return {
    requests: 0,
    browserRequests: 0,
    bytes: 0,
    refusals: 0,
    refusalsByStatus: {},
    failures: 0,
    offLimits: 0,
    waitedMs: 0,
  };
}

export function countRefusal(traffic: Traffic, status: number): void {
  traffic.refusals += 1;
  traffic.refusalsByStatus[status] = (traffic.refusalsByStatus[status] ?? 0) + 1;
}

export function addTraffic(one: Readonly<Traffic>, other: Readonly<Traffic>): Traffic {
  const refusalsByStatus = { ...one.refusalsByStatus };
  for (const [status, count] of Object.entries(other.refusalsByStatus)) {
    refusalsByStatus[status] = (refusalsByStatus[status] ?? 0) + count;
  }
  return {
    requests: one.requests + other.requests,
    browserRequests: one.browserRequests + other.browserRequests,
    bytes: one.bytes + other.bytes,
    refusals: one.refusals + other.refusals,
    refusalsByStatus,
    failures: one.failures + other.failures,
    offLimits: one.offLimits + other.offLimits,
    waitedMs: one.waitedMs + other.waitedMs,
  };
}
