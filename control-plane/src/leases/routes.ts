import type { Site } from '../http/app-env.ts';
import { mount } from '../http/mount.ts';
import { acquireLease } from './acquire-lease.ts';
import { completeTask, releaseLease } from './end-lease.ts';
import { viewRunners } from './list-runners.ts';
import { listSources } from './list-sources.ts';
import { renewLease } from './renew-lease.ts';

export function mountLeases(site: Site): void {
  const { deps } = site;

  mount(site, 'POST /api/leases', ({ body, signal }) => acquireLease(deps, body, signal));

  mount(site, 'POST /api/leases/{task}/heartbeat', ({ params, body }) =>
    renewLease(deps, params.task, body.fence, body.progress),
  );

  mount(site, 'POST /api/leases/{task}/complete', ({ params, body }) =>
    completeTask(deps, params.task, body),
  );

  mount(site, 'POST /api/leases/{task}/release', ({ params, body }) => releaseLease(deps, params.task, body));

  mount(site, 'GET /api/sources', () => listSources(deps));
  mount(site, 'GET /api/runners', () => viewRunners(deps));
}
