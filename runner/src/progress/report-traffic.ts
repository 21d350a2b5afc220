import { type HostProgress, type Progress, progressSchema } from '@trainer/contract/progress';
import type { CatalogDatabase } from '../catalog/database.ts';
import { readRunProgress } from '../catalog/task-state.ts';
import { describeTraffic } from '../http/describe-traffic.ts';
import { addTraffic, noTraffic, type Traffic } from '../http/traffic.ts';
import type { Logger } from '../logs/logger.ts';
import { addHosts } from './add-hosts.ts';

/** Logs, host by host, how politely a source was treated in all attempts at its task. */
export function reportManners({ hosts }: Pick<Progress, 'hosts'>, log: Logger): void {
  for (const [host, traffic] of readHosts(hosts)) log.info(describeTraffic(host, traffic));
}

/** Logs the same for all sources of a run, below a line of sums. */
export async function summariseManners(catalog: CatalogDatabase, runId: string, log: Logger): Promise<void> {
  const counters = await readRunProgress(catalog, runId);
  const tasks = counters.map((each) => progressSchema.safeParse(each).data?.hosts ?? {});
  const hosts = tasks.reduce((sum: Progress['hosts'], each) => addHosts(sum, readHosts(each)), {});
  const traffic = readHosts(hosts);
  if (traffic.size === 0) return;
  const total = [...traffic.values()].reduce(addTraffic, noTraffic());
  log.info(describeTraffic(`The whole run, ${traffic.size} ${traffic.size === 1 ? 'host' : 'hosts'}`, total));
  reportManners({ hosts }, log);
}

function readHosts(hosts: Progress['hosts']): Map<string, Traffic> {
  return new Map(Object.entries(hosts).map(([host, figures]) => [host, readTraffic(figures)]));
}

function readTraffic({
  refusals,
  browser_requests,
  off_limits,
  waited_ms,
  ...figures
}: HostProgress): Traffic {
  return {
    ...figures,
    refusals: Object.values(refusals).reduce((sum, times) => sum + times, 0),
    refusalsByStatus: refusals,
    browserRequests: browser_requests,
    offLimits: off_limits,
    waitedMs: waited_ms,
  };
}
