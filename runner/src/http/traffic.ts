/** What one host was asked and gave. */
export interface Traffic {
  requests: number;
  /** As received, before decompression. */
  bytes: number;
  /** Answers 401, 403, 429 and 5xx. */
  refusals: number;
}

export interface TrafficBook {
  /** By `host:port`. */
  hosts: ReadonlyMap<string, Readonly<Traffic>>;
  of(url: URL): Traffic;
  total(): Traffic;
}

export function createTrafficBook(): TrafficBook {
  const hosts = new Map<string, Traffic>();
  return {
    hosts,
    of(url) {
      const traffic = hosts.get(url.host) ?? { requests: 0, bytes: 0, refusals: 0 };
      hosts.set(url.host, traffic);
      return traffic;
    },
    total() {
      const sum = { requests: 0, bytes: 0, refusals: 0 };
      for (const { requests, bytes, refusals } of hosts.values()) {
        sum.requests += requests;
        sum.bytes += bytes;
        sum.refusals += refusals;
      }
      return sum;
    },
  };
}
