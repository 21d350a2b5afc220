import type { AppContext } from '../context/app-context.ts';
import { mount } from '../http/mount.ts';
import { noteRefusedRunner } from '../runners/store.ts';
import { acquireLease } from './acquire-lease.ts';
import { completeTask, releaseLease } from './end-lease.ts';
import { renewLease } from './renew-lease.ts';
import { requireOwnLease } from './require-lease.ts';

export function mountLeases(appContext: AppContext): void {
  const { deps } = appContext;

  mount(
    appContext,
    'POST /api/leases',
    ({ body, caller, signal }) => acquireLease(deps, body, caller, signal),
    {
      onMismatch: (mismatch, body) => noteRefusedRunner(deps, body, mismatch),
    },
  );

  mount(appContext, 'POST /api/leases/{task}/heartbeat', async ({ params, body, caller }) => {
    await requireOwnLease(deps.db, params.task, caller);
    return renewLease(deps, params.task, body.fence, body.progress);
  });

  mount(appContext, 'POST /api/leases/{task}/complete', async ({ params, body, caller }) => {
    await requireOwnLease(deps.db, params.task, caller);
    await completeTask(deps, params.task, body);
  });

  mount(appContext, 'POST /api/leases/{task}/release', async ({ params, body, caller }) => {
    await requireOwnLease(deps.db, params.task, caller);
    await releaseLease(deps, params.task, body);
  });
}
