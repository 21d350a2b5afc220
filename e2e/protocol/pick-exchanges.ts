import type { RouteKey } from '@trainer/contract/routes';
import type { Exchange } from './recording-proxy.ts';

/** What is kept of a recording, by the name of its file: the last exchange on the route whose JSON contains `with`. */
const WANTED: Record<string, { route: RouteKey; with?: string }> = {
  poll: { route: 'POST /api/leases', with: '"lease":null' },
  lease: { route: 'POST /api/leases', with: '"kind":"ingest"' },
  'lease-publish': { route: 'POST /api/leases', with: '"kind":"publish"' },
  heartbeat: { route: 'POST /api/leases/{task}/heartbeat', with: '"performers_total":2' },
  'heartbeat-stop': { route: 'POST /api/leases/{task}/heartbeat', with: '"want":"stop"' },
  'log-batch': { route: 'POST /api/leases/{task}/logs' },
  completion: { route: 'POST /api/leases/{task}/complete', with: '"outcome":"done"' },
  'completion-skipped': { route: 'POST /api/leases/{task}/complete', with: '"outcome":"skipped"' },
  release: { route: 'POST /api/leases/{task}/release' },
  reviews: { route: 'PUT /api/leases/{task}/reviews' },
  exclusions: { route: 'PUT /api/leases/{task}/exclusions' },
  upload: { route: 'POST /api/leases/{task}/version' },
  'upload-part': { route: 'PUT /api/leases/{task}/version/artifacts/{name}/parts/{number}' },
  publish: { route: 'POST /api/leases/{task}/version/publish', with: '"version":' },
  answer: { route: 'PUT /api/questions/{id}/answer' },
  'config-read': { route: 'GET /api/config' },
  'config-read-yaml': { route: 'GET /api/config.yaml' },
  'config-write': { route: 'PUT /api/config' },
  'config-write-yaml': { route: 'PUT /api/config.yaml' },
  start: { route: 'POST /api/build/start' },
  stop: { route: 'POST /api/build/stop' },
  status: { route: 'GET /api/status' },
  runs: { route: 'GET /api/runs' },
  run: { route: 'GET /api/runs/{id}', with: '"status":"cancelled"' },
  versions: { route: 'GET /api/versions' },
  sources: { route: 'GET /api/sources' },
  runners: { route: 'GET /api/runners' },
  'reviews-read': { route: 'GET /api/reviews' },
  'exclusions-read': { route: 'GET /api/exclusions' },
  'exclusion-write': { route: 'POST /api/exclusions' },
  'schedule-write': { route: 'POST /api/schedules' },
  question: { route: 'POST /api/questions' },
  'question-answered': { route: 'GET /api/questions/{id}', with: '"status":"answered"' },
  event: { route: 'GET /api/logs' },
};

/** @throws Error when one of those that are wanted was not recorded */
export function pickExchanges(exchanges: readonly Exchange[]): Record<string, Exchange> {
  const picked = Object.entries(WANTED).map(([name, { route, with: part = '' }]) => {
    const found = exchanges.findLast((each) => each.route === route && JSON.stringify(each).includes(part));
    if (!found) throw new Error(`No exchange was recorded for ${name}: ${route} with ${part}`);
    return [name, found] as const;
  });
  return Object.fromEntries(picked);
}
