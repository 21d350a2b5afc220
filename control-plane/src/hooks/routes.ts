import { type Delivery, deliverySchema, type Hook, hookSchema } from '@trainer/contract/hooks';
import type { AppContext } from '../context/app-context.ts';
import { isoTime, isoTimeOrNull } from '../http/iso-time.ts';
import { mount } from '../http/mount.ts';
import { changeHook, createHook, removeHook, requireHook, testHook } from './manage-hooks.ts';
import { type DeliveryRow, type HookRow, lastDeliveries, listDeliveries, listHooks } from './store.ts';

export function mountHooks(appContext: AppContext): void {
  const { deps } = appContext;
  const { db } = deps;

  mount(appContext, 'GET /api/hooks', async () => {
    const last = await lastDeliveries(db);
    return (await listHooks(db)).map((hook) =>
      toHookView(hook, last.find(({ hookId }) => hookId === hook.id) ?? null),
    );
  });

  mount(appContext, 'POST /api/hooks', async ({ body, caller }) => {
    const { hook, madeSecret } = await createHook(deps, body, caller.name);
    return { ...toHookView(hook, null), secret: madeSecret };
  });

  mount(appContext, 'PUT /api/hooks/{id}', async ({ params, body, caller }) => {
    const hook = await changeHook(deps, params.id, body, caller.name);
    const [last] = await listDeliveries(db, hook.id, 1);
    return toHookView(hook, last ?? null);
  });

  mount(appContext, 'DELETE /api/hooks/{id}', ({ params, caller }) =>
    removeHook(deps, params.id, caller.name),
  );

  mount(appContext, 'POST /api/hooks/{id}/test', ({ params }) => testHook(deps, params.id));

  mount(appContext, 'GET /api/hooks/{id}/deliveries', async ({ params, query }) => {
    await requireHook(db, params.id);
    return (await listDeliveries(db, params.id, query.limit)).map(toDeliveryView);
  });
}

/** A hook as the API gives it: nothing that is sealed leaves here. */
function toHookView(row: HookRow, last: DeliveryRow | null): Hook {
  const events: unknown = JSON.parse(row.events);
  return hookSchema.parse({
    id: row.id,
    name: row.name,
    kind: row.kind,
    hint: row.hint,
    has_secret: row.secret !== null,
    events,
    enabled: row.enabled,
    disabled_reason: row.disabledReason,
    created_at: isoTime(row.createdAt),
    last_delivery: last && toDeliveryView(last),
  });
}

function toDeliveryView(row: DeliveryRow): Delivery {
  return deliverySchema.parse({
    message_id: row.messageId,
    event: row.event,
    run_id: row.runId,
    // A task is called `<run>.<source>`.
    source: row.taskId?.split('.')[1] ?? null,
    status: row.status,
    attempts: row.attempts,
    last_error: row.lastError,
    created_at: isoTime(row.createdAt),
    next_attempt_at: row.status === 'waiting' ? isoTime(row.dueAt) : null,
    finished_at: isoTimeOrNull(row.finishedAt),
  });
}
