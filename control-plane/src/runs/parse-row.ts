import { type Config, configSchema } from '@trainer/contract/config';
import { type Progress, progressSchema } from '@trainer/contract/progress';
import { type RunParams, settledRunParamsSchema } from '@trainer/contract/runs';
import { readStored } from '@trainer/contract/tolerance';
import { z } from 'zod';
import type { RunRow, TaskRow } from '../db/schema/runs.ts';

/** Columns that hold JSON, parsed where they leave the store. Another release may have written them, so unknown fields stay. */
export function parseParams({ params }: Pick<RunRow, 'params'>): RunParams {
  return settledRunParamsSchema.parse(JSON.parse(params));
}

export function parseConfig({ config }: Pick<RunRow, 'config'>): Config {
  const stored: unknown = JSON.parse(config);
  return readStored(configSchema, stored)?.value ?? configSchema.parse(stored);
}

/**
 * The stored form of a task's new progress. Unknown fields are kept: a runner of a later release may have written them and may get
 * the task again.
 */
export function storeProgress(task: Pick<TaskRow, 'progress'>, progress: Progress): string {
  const stored = z.looseObject({}).parse(JSON.parse(task.progress));
  const unknown = Object.entries(stored).filter(([name]) => !Object.hasOwn(progressSchema.shape, name));
  return JSON.stringify({ ...Object.fromEntries(unknown), ...progress });
}

export function parseProgress({ progress }: Pick<TaskRow, 'progress'>): Progress {
  return progressSchema.parse(JSON.parse(progress));
}
