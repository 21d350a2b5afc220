import { type HostProgress, type Progress, progressSchema } from '@trainer/contract/progress';
import type { CatalogDatabase } from '../catalog/database.ts';
import { readRunProgress } from '../catalog/task-state.ts';
import { addTraffic, noTraffic, type Traffic } from '../http/traffic.ts';
import type { Logger } from '../logs/logger.ts';
import { addHosts } from './counters.ts';

/** Logs, host by host, how politely a source was treated in all attempts at its task. */
export function reportTraffic({ hosts }: Pick<Progress, 'hosts'>, log: Logger): void {
  for (const [host, traffic] of readHosts(hosts)) log.info(describeTraffic(host, traffic));
}

/** Logs the same for all sources of a run, below a line of sums. */
export async function reportRunTraffic(catalog: CatalogDatabase, runId: string, log: Logger): Promise<void> {
  const counters = await readRunProgress(catalog, runId);
  const tasks = counters.map((each) => progressSchema.safeParse(each).data?.hosts ?? {});
  const hosts = tasks.reduce((sum: Progress['hosts'], each) => addHosts(sum, readHosts(each)), {});
  const traffic = readHosts(hosts);
  if (traffic.size === 0) return;
  const total = [...traffic.values()].reduce(addTraffic, noTraffic());
  log.info(describeTraffic(`The whole run, ${traffic.size} ${traffic.size === 1 ? 'host' : 'hosts'}`, total));
  reportTraffic({ hosts }, log);
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

/** One line of a politeness report: `cdn.example.org: 120 requests, about 480 more by the browser itself, 4.2 MB, 3 refusals (403: 1, 429: 2), waited 31 s`. */
export function describeTraffic(host: string, traffic: Readonly<Traffic>): string {
  const { requests, browserRequests, bytes, failures, offLimits, waitedMs } = traffic;
  return [
    `${host}: ${count(requests, 'request')}`,
    ...(browserRequests > 0 ? [`about ${browserRequests} more by the browser itself`] : []),
    `${(bytes / 1_000_000).toFixed(1)} MB`,
    ...describeRefusals(traffic),
    ...(failures > 0 ? [`${count(failures, 'try', 'tries')} without an answer`] : []),
    ...(offLimits > 0 ? [`${count(offLimits, 'page')} left alone for its robots.txt`] : []),
    `waited ${Math.round(waitedMs / 1_000)} s`,
  ].join(', ');
}

function describeRefusals({ refusals, refusalsByStatus }: Readonly<Traffic>): string[] {
  if (refusals === 0) return [];
  const byStatus = Object.entries(refusalsByStatus).map(([status, times]) => `${status}: ${times}`);
  return [`${count(refusals, 'refusal')} (${byStatus.join(', ')})`];
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
