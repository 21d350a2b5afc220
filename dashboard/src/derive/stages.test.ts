import { describe, expect, it } from 'vitest';
import { makeTask } from '../../testing/fake/make-runs.ts';
import { sumRejections } from './rejections.ts';
import { groupStages } from './stages.ts';

describe('the tasks of a run', () => {
  it('stand in the order of the stages, without empty ones', () => {
    const stages = groupStages([
      makeTask(1, 'publish', null, {}),
      makeTask(1, 'ingest', 'stashdb', { status: 'done' }),
      makeTask(1, 'ingest', 'fansdb', { status: 'leased' }),
    ]);
    expect(stages.map(({ kind, state }) => [kind, state])).toEqual([
      ['ingest', 'active'],
      ['publish', 'waiting'],
    ]);
  });

  it('are over when every task is, however it ended', () => {
    const tasks = (['done', 'failed', 'skipped'] as const).map((status, index) =>
      makeTask(index, 'ingest', 'stashdb', { status }),
    );
    expect(groupStages(tasks)[0]?.state).toBe('over');
  });

  it('add up their rejections, the most frequent first, and keep unknown reasons readable', () => {
    const { progress } = makeTask(1, 'ingest', 'stashdb', {});
    const task = (rejections: Record<string, number>) =>
      makeTask(1, 'ingest', 'stashdb', { progress: { ...progress, rejections } });
    const sums = sumRejections([task({ no_face: 2, too_blue: 9 }), task({ no_face: 4, multi_face: 0 })]);
    expect(sums.map(({ label, count }) => [label, count])).toEqual([
      ['too blue', 9],
      ['no face found', 6],
    ]);
  });
});
