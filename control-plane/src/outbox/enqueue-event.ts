import type { HookEvent } from '@trainer/contract/hook-events';
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/open.ts';

/**
 * The statement that enqueues one delivery for each enabled hook with this event, if `onlyIf` is met. It goes into the batch that
 * changes the state, after that statement, so that a crash leaves both or neither. Each hook gets an event once, so a repetition
 * changes nothing.
 */
export function enqueueEvent(
  db: Database,
  event: HookEvent,
  { runId, taskId = null, at }: { runId: number | SQL; taskId?: string | null; at: number },
  onlyIf: SQL,
) {
  return db.run(sql`INSERT INTO deliveries (hook_id, message_id, event, run_id, task_id, status, created_at, due_at)
    SELECT hooks.id, ${crypto.randomUUID()}, ${event}, ${runId}, ${taskId}, 'waiting', ${at}, ${at} FROM hooks
    WHERE hooks.enabled AND ${event} IN (SELECT value FROM json_each(hooks.events)) AND ${onlyIf}
    ON CONFLICT DO NOTHING`);
}
