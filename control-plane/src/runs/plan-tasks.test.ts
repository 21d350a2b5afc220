import { shippedIds, shippedSources } from '@trainer/contract/shipped-sources';
import { describe, expect, it } from 'vitest';
import { planTasks } from './plan-tasks.ts';

describe('the tasks of a run', () => {
  it('put sources that create performers first, unknown ones last, and then publish', () => {
    const tasks = planTasks(7, ['gone', 'iafd', 'stash', 'folder', 'stashdb'], shippedSources);
    expect(tasks.map(({ id, kind }) => [id, kind])).toEqual([
      ['7.stashdb', 'ingest'],
      ['7.folder', 'ingest'],
      ['7.iafd', 'enrich'],
      ['7.stash', 'enrich'],
      ['7.gone', 'enrich'],
      ['7.publish', 'publish'],
    ]);
  });

  it('are one per source, and one to publish', () => {
    const tasks = planTasks(1, [...shippedIds, ...shippedIds], shippedSources);
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(shippedIds.length + 1);
    expect(tasks.map(({ position }) => position)).toEqual(tasks.map((_, index) => index));
  });
});
