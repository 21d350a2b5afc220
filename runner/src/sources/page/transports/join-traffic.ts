import { addTraffic, noTraffic, type Traffic } from '../../../http/traffic.ts';
import type { SourceTraffic } from '../../base/source.ts';

type Hosts = ReadonlyMap<string, Readonly<Traffic>>;

/** Several accounts of one site as one. `waitedMs` is of the limiter that they share. */
export function joinTraffic(accounts: readonly Hosts[], waitedMs: number): SourceTraffic {
  const hosts = new Map<string, Traffic>();
  for (const [host, traffic] of accounts.flatMap((one) => [...one])) {
    hosts.set(host, addTraffic(hosts.get(host) ?? noTraffic(), traffic));
  }
  const { requests, bytes } = [...hosts.values()].reduce(addTraffic, noTraffic());
  return { requests, bytes, waitedMs, hosts };
}
