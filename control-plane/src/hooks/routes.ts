import type { Site } from '../http/app-env.ts';
import { mount } from '../http/mount.ts';
import { changeHook } from './change-hook.ts';
import { createHook } from './create-hook.ts';
import { removeHook } from './remove-hook.ts';
import { requireHook } from './require-hook.ts';
import { lastDeliveries, listDeliveries, listHooks } from './store.ts';
import { testHook } from './test-hook.ts';
import { toDeliveryView, toHookView } from './views.ts';

export function mountHooks(site: Site): void {
  const { deps } = site;
  const { db } = deps;

  mount(site, 'GET /api/hooks', async () => {
    const last = await lastDeliveries(db);
    return (await listHooks(db)).map((hook) =>
      toHookView(hook, last.find(({ hookId }) => hookId === hook.id) ?? null),
    );
  });

  mount(site, 'POST /api/hooks', async ({ body, caller }) => {
    const { hook, madeSecret } = await createHook(deps, body, caller.name);
    return { ...toHookView(hook, null), secret: madeSecret };
  });

  mount(site, 'PUT /api/hooks/{id}', async ({ params, body, caller }) => {
    const hook = await changeHook(deps, params.id, body, caller.name);
    const [last] = await listDeliveries(db, hook.id, 1);
    return toHookView(hook, last ?? null);
  });

  mount(site, 'DELETE /api/hooks/{id}', ({ params, caller }) => removeHook(deps, params.id, caller.name));

  mount(site, 'POST /api/hooks/{id}/test', ({ params }) => testHook(deps, params.id));

  mount(site, 'GET /api/hooks/{id}/deliveries', async ({ params, query }) => {
    await requireHook(db, params.id);
    return (await listDeliveries(db, params.id, query.limit)).map(toDeliveryView);
  });
}
