import type { Site } from '../http/app-env.ts';
import { mount } from '../http/mount.ts';
import { requireOwnLease } from '../leases/require-lease.ts';
import { addExclusion } from './add-exclusion.ts';
import { reportEnforced } from './report-enforced.ts';
import { listExclusions } from './store.ts';
import { takeBack } from './take-back.ts';
import { toView } from './views.ts';

export function mountExclusions(site: Site): void {
  const { deps } = site;

  mount(site, 'GET /api/exclusions', async () => (await listExclusions(deps.db)).map(toView));

  mount(site, 'POST /api/exclusions', async ({ body, caller }) =>
    toView(await addExclusion(deps, body, caller.name)),
  );

  mount(site, 'DELETE /api/exclusions/{id}', ({ params, caller }) => takeBack(deps, params.id, caller.name));

  mount(site, 'PUT /api/leases/{task}/exclusions', async ({ params, body, caller }) => {
    await requireOwnLease(deps.db, params.task, caller);
    await reportEnforced(deps, params.task, body);
  });
}
