import { type Config, configSchema } from '@trainer/shared/config';
import { type Progress, progressSchema } from '@trainer/shared/progress';
import { type RunParams, settledRunParamsSchema } from '@trainer/shared/runs';
import type { RunRow, TaskRow } from '../db/schema/runs.ts';

/** Columns that hold JSON, parsed where they leave the store. */
export function parseParams({ params }: Pick<RunRow, 'params'>): RunParams {
  return settledRunParamsSchema.parse(JSON.parse(params));
}

export function parseConfig({ config }: Pick<RunRow, 'config'>): Config {
  return configSchema.parse(JSON.parse(config));
}

export function parseProgress({ progress }: Pick<TaskRow, 'progress'>): Progress {
  return progressSchema.parse(JSON.parse(progress));
}
