import type { RunStatus, TaskKind, TaskStatus } from '@trainer/contract/runs';
import { describe, expect, it } from 'vitest';
import { advanceRun, type TaskState } from './advance-run.ts';

type Row = [
  what: string,
  run: RunStatus,
  ingest: TaskStatus[],
  enrich: TaskStatus[],
  publish: TaskStatus,
  tasks: string | null,
  to: RunStatus | null,
];

function tasksOf(ingest: TaskStatus[], enrich: TaskStatus[], publish: TaskStatus): TaskState[] {
  const make = (kind: TaskKind, letter: string) => (status: TaskStatus, index: number) => ({
    id: `${letter}${index}`,
    kind,
    status,
    reason: 'why',
  });
  return [
    ...ingest.map(make('ingest', 'i')),
    ...enrich.map(make('enrich', 'e')),
    make('publish', 'p')(publish, 0),
  ];
}

describe('the next step of a run', () => {
  it.each<Row>([
    ['waits for its turn', 'queued', ['waiting'], [], 'waiting', null, null],
    [
      'begins with every source',
      'running',
      ['waiting', 'waiting'],
      ['waiting'],
      'waiting',
      'i0 i1 e0 ready',
      null,
    ],
    ['begins with enrich without any ingest', 'running', [], ['waiting'], 'waiting', 'e0 ready', null],
    ['waits for an ingest in hand', 'running', ['leased', 'done'], ['done'], 'waiting', null, null],
    ['waits for an ingest to be taken', 'running', ['ready', 'failed'], ['done'], 'waiting', null, null],
    [
      'begins what a run of stages has left waiting',
      'running',
      ['leased', 'failed'],
      ['waiting'],
      'waiting',
      'e0 ready',
      null,
    ],
    [
      'finishes a beginning that was cut off',
      'running',
      ['waiting', 'done'],
      [],
      'waiting',
      'i0 ready',
      null,
    ],
    ['waits for enrich', 'running', ['done'], ['leased', 'skipped'], 'waiting', null, null],
    ['goes on to publish', 'running', ['done'], ['failed'], 'waiting', 'p0 ready', null],
    [
      'goes on to publish without any enrich',
      'running',
      ['skipped', 'done'],
      [],
      'waiting',
      'p0 ready',
      null,
    ],
    [
      'fails when no source succeeded',
      'running',
      ['failed', 'skipped'],
      ['failed'],
      'waiting',
      'p0 skipped',
      'failed',
    ],
    ['fails when that was applied half', 'running', ['failed'], [], 'skipped', null, 'failed'],
    ['waits for publish', 'running', ['done'], [], 'leased', null, null],
    ['is completed', 'running', ['done'], [], 'done', null, 'completed'],
    ['fails when publish does', 'running', ['done'], [], 'failed', null, 'failed'],
    ['fails when publish was skipped', 'running', ['done'], [], 'skipped', null, 'failed'],
    [
      'skips on a stop what has not begun',
      'stopping',
      ['leased', 'ready'],
      ['waiting'],
      'waiting',
      'i1 e0 p0 skipped',
      null,
    ],
    ['waits on a stop for what is in hand', 'stopping', ['leased'], ['skipped'], 'skipped', null, null],
    [
      'is cancelled when nothing is in hand',
      'stopping',
      ['done', 'ready'],
      [],
      'waiting',
      'i1 p0 skipped',
      'cancelled',
    ],
    ['is completed when the stop came too late', 'stopping', ['done'], [], 'done', null, 'completed'],
    ['does nothing when it is over', 'cancelled', ['ready'], [], 'waiting', null, null],
  ])('%s', (_, run, ingest, enrich, publish, tasks, to) => {
    const step = advanceRun(run, tasksOf(ingest, enrich, publish));
    expect(step.tasks && `${step.tasks.ids.join(' ')} ${step.tasks.to}`).toBe(tasks);
    expect(step.run?.to ?? null).toBe(to);
  });

  it('says why no source succeeded, source by source', () => {
    const { run } = advanceRun('running', tasksOf(['failed', 'skipped'], [], 'waiting'));
    expect(run?.reason).toBe('No source succeeded: i0 failed (why); i1 skipped (why)');
  });
});
