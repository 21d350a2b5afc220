import { describe, expect, it } from 'vitest';
import { completedRun, makeRun, makeTask, runningRun } from '../../testing/fake/make-runs.ts';
import { describeRun, sentence } from './run-text.ts';

const world = { now: () => Date.parse('2026-11-22T12:00:00Z') };
const titleOf = (source: string | null) => source ?? 'Publish';

describe('the state of a run in words', () => {
  it('names what is being read, and where', () => {
    expect(describeRun(runningRun(world, 7), titleOf)).toBe(
      'Reading performers from stashdb and theporndb, on tower.',
    );
  });

  it('tells who is read from who adds faces, when both are done side by side', () => {
    const tasks = [
      makeTask(7, 'ingest', 'stashdb', { status: 'leased' }),
      makeTask(7, 'enrich', 'iafd', { status: 'leased' }),
    ];
    const run = makeRun(world, 7, 1, { status: 'running', tasks });
    expect(describeRun(run, titleOf)).toContain('Reading performers from stashdb, adding faces from iafd');
  });

  it('says that it waits for a runner when nobody has taken its tasks', () => {
    const tasks = [makeTask(7, 'ingest', 'stashdb', { status: 'ready' })];
    const run = makeRun(world, 7, 1, { status: 'running', tasks });
    expect(describeRun(run, titleOf)).toBe('1 task ready: waiting for a runner to ask for work.');
  });

  it('gives the reason and the actor of an end', () => {
    const run = makeRun(world, 7, 1, { status: 'cancelled', actor: 'mika', reason: 'the disk is full' });
    expect(describeRun(run, titleOf)).toBe('It was stopped by mika. The disk is full.');
  });

  it('says what a completed run published', () => {
    expect(describeRun(completedRun(world, 41, 99, '2026.11.21'), titleOf)).toBe(
      'It published version 2026.11.21 with 53,581 performers and 209,127 faces.',
    );
  });

  it('does not end a sentence twice', () => {
    expect(sentence('why not?')).toBe('Why not?');
  });
});
