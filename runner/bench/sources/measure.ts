import type { SourceId } from '@trainer/contract/sources';
import type { Crowd, RunOptions } from '../../testing/pipeline/enrich-world.ts';

/** How one source did in one mode. */
export interface Row {
  source: SourceId;
  mode: string;
  performers: number;
  images: number;
  faces: number;
  requests: number;
  /** Errors, and warnings or worse in the log, where nothing is wrong with the source. */
  unexpected: string[];
}

type Run = ReturnType<Crowd['begin']>;

/** Runs one task and reads off what became of it. */
export async function measure(
  crowd: Crowd,
  run: Run,
  source: SourceId,
  options: RunOptions = {},
  mode = 'all',
): Promise<Row> {
  const result = await run(source, options).catch((error: unknown) => ({ outcome: String(error) }));
  const progress = crowd.reports.at(-1);
  const told = crowd.lines.filter(({ level }) => level === 'warn' || level === 'error');
  const ended = result.outcome === 'done' ? [] : [result.outcome];
  return {
    source,
    mode,
    performers: progress?.performers_processed ?? 0,
    images: progress?.images ?? 0,
    faces: progress?.faces_added ?? 0,
    requests: progress?.requests ?? 0,
    unexpected: [...ended, ...told.map(({ message }) => message)],
  };
}
