import { limits } from '@trainer/contract/limits';
import { logLineSchema } from '@trainer/contract/logs';
import type { Deps, OwnLine } from '../context/deps.ts';
import { appendOwnLines, type NewLine } from './store.ts';

/** Puts lines of the control plane itself into the log; `Deps.record` at an edge. */
export async function recordLines(
  deps: Pick<Deps, 'db' | 'clock' | 'notifier'>,
  lines: readonly OwnLine[],
): Promise<void> {
  if (lines.length === 0) return;
  const now = deps.clock.now();
  await appendOwnLines(
    deps.db,
    lines.map((line) => toStored(line, now)),
    now,
  );
  await deps.notifier.notify('logs');
}

function toStored(line: OwnLine, now: number): NewLine {
  const { message, fields } = logLineSchema.pick({ message: true, fields: true }).parse({
    message: line.message.slice(0, limits.logMessageMaxLength),
    fields: line.fields,
  });
  return {
    run_id: line.runId ?? null,
    task_id: line.taskId ?? null,
    seq: null,
    time: new Date(now).toISOString(),
    level: line.level,
    source: line.source ?? null,
    message,
    fields,
  };
}
