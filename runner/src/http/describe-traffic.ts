import type { Traffic } from './traffic.ts';

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
