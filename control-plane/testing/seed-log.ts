import { limits } from '@trainer/contract/limits';
import type { LogLevel } from '@trainer/contract/logs';
import type { SourceId } from '@trainer/contract/sources';
import { readEvents } from './read-events.ts';
import { seedTask } from './seed-task.ts';
import type { TestApp } from './test-app.ts';

export type SeededLog = Awaited<ReturnType<typeof seedLog>>;

/** A task whose runner writes lines into the log, and readers of the live log. */
export async function seedLog(app: TestApp) {
  const { taskId: task } = await seedTask(app.deps, { source: 'stashdb' });
  let seq = 0;
  return {
    task,

    /** Stores `count` lines of the task. */
    async write(count: number, level: LogLevel = 'info', source: SourceId = 'stashdb'): Promise<void> {
      for (let left = count; left > 0; left -= limits.logLinesPerBatch) {
        const lines = Array.from({ length: Math.min(left, limits.logLinesPerBatch) }, () => ({
          seq: ++seq,
          time: '2026-01-01T00:00:00.000Z',
          level,
          source,
          message: `line ${seq}`,
        }));
        await app.as('runner')('POST /api/leases/{task}/logs', {
          params: { task },
          body: { fence: 1, lines },
        });
      }
    },

    async open(query = '', lastEventId?: number) {
      const response = await app.request(`/api/logs?${query}`, {
        headers: {
          authorization: `Bearer ${app.tokens.read}`,
          ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }),
        },
      });
      const type = response.headers.get('content-type');
      if (type !== 'text/event-stream; charset=utf-8') throw new Error(`The live log came as ${type}`);
      return readEvents(response);
    },
  };
}
