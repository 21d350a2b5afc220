import type { StoredLogLine } from '@trainer/contract/logs';
import type { World } from './world.ts';

type Draft = Pick<StoredLogLine, 'level' | 'source' | 'message' | 'fields'>;

const drafts: Draft[] = [
  {
    level: 'info',
    source: 'stashdb',
    message: 'committed 50 performers',
    fields: { faces: 71, unchanged: 31 },
  },
  { level: 'debug', source: 'stashdb', message: 'asked for page 214', fields: { ms: 182 } },
  {
    level: 'info',
    source: 'theporndb',
    message: 'committed 50 performers',
    fields: { faces: 64, unchanged: 29 },
  },
  {
    level: 'warn',
    source: 'theporndb',
    message: 'rate limited: waiting as Retry-After says',
    fields: { wait_ms: 4_000 },
  },
  {
    level: 'info',
    source: 'stashdb',
    message: 'rejected an image: no face found',
    fields: { performer: '5a0c…e1', image: 3 },
  },
  { level: 'debug', source: null, message: 'embedded a batch', fields: { faces: 32, ms: 410 } },
  {
    level: 'error',
    source: 'stashdb',
    message:
      'image could not be decoded: the file ends after 4,096 of 81,204 bytes; the performer goes on without it',
    fields: { performer: '9b17…40', url: 'https://cdn.example.org/images/9b17/4096.jpg' },
  },
];

/** Writes `count` lines as a busy runner does, and tells everybody who listens. */
export function writeLog(world: World, run: number, count: number): void {
  for (let each = 0; each < count; each += 1) {
    const id = (world.lines.at(-1)?.id ?? 0) + 1;
    const draft = drafts[(id * 5 + (id % 3)) % drafts.length];
    if (!draft) continue;
    const source = draft.source ?? 'stashdb';
    const line: StoredLogLine = {
      ...draft,
      id,
      seq: id,
      run_id: run,
      task_id: `${run}.${source}`,
      time: new Date(world.now()).toISOString(),
    };
    world.lines.push(line);
    for (const hear of world.logListeners) hear(line);
  }
}
