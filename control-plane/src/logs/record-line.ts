import { limits } from '@trainer/shared/limits';
import { logLineSchema } from '@trainer/shared/logs';
import type { Deps, OwnLine } from '../deps.ts';
import { appendOwnLine } from './store.ts';

/** Puts a line of the control plane itself into the log; `Deps.record` at an edge. */
export async function recordLine(deps: Pick<Deps, 'db' | 'clock' | 'wakeUp'>, line: OwnLine): Promise<void> {
  const now = deps.clock.now();
  const { message, fields } = logLineSchema.pick({ message: true, fields: true }).parse({
    message: line.message.slice(0, limits.logMessageMaxLength),
    fields: line.fields,
  });
  const stored = {
    run_id: line.runId ?? null,
    task_id: line.taskId ?? null,
    seq: null,
    time: new Date(now).toISOString(),
    level: line.level,
    source: line.source ?? null,
    message,
    fields,
  };
  await appendOwnLine(deps.db, stored, now);
  await deps.wakeUp.notify('logs');
}
