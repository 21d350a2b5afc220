import { type Delivery, deliverySchema, type Hook, hookSchema } from '@trainer/contract/hooks';
import { isoTime, isoTimeOrNull } from '../http/iso-time.ts';
import type { DeliveryRow, HookRow } from './store.ts';

/** A hook as the API gives it: nothing that is sealed leaves here. */
export function toHookView(row: HookRow, last: DeliveryRow | null): Hook {
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

export function toDeliveryView(row: DeliveryRow): Delivery {
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
