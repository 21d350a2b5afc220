import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { clusterVector } from '../../testing/catalog/samples.ts';
import { buildIndex, type IndexOptions } from './build-index.ts';
import { scanVoyager } from './scan-voyager.ts';

const ROWS = 1_500;

function order(changes: Partial<IndexOptions> = {}): IndexOptions {
  const folder = freshFolder();
  const vectorPath = join(folder, 'vectors.f32');
  const rows = Array.from({ length: ROWS }, (_, label) => clusterVector(Math.floor(label / 5), label % 5));
  writeFileSync(vectorPath, Buffer.concat(rows.map((row) => new Uint8Array(row.buffer))));
  return {
    vectorPath,
    voyPath: join(folder, 'index.voy'),
    owners: Int32Array.from({ length: ROWS }, (_, label) => Math.floor(label / 5) + 1),
    duplicateDistance: 0.1,
    ...changes,
  };
}

describe('buildIndex', () => {
  it('builds with several threads what a reader finds sound, and reports progress of every stage to its end', async () => {
    const progress = new Map<string, number[]>();
    const wanted = order({
      threads: 3,
      onProgress: (stage, done) => progress.set(stage, [...(progress.get(stage) ?? []), done]),
    });
    const { findability, recognition } = await buildIndex(wanted);
    expect(findability).toMatchObject({ looked_for: ROWS, missed: 0, recall_at_1: 1 });
    expect(recognition).toMatchObject({ asked: ROWS, own_vector_first: 1, top1: 1 });
    expect(await scanVoyager(wanted.voyPath)).toMatchObject({ problems: [], layout: { count: ROWS } });
    expect([...progress.keys()]).toEqual(['index', 'check', 'measure']);
    expect(progress.get('index')).toEqual([512, 1_024, 1_500]);
    for (const done of progress.values()) expect(done.at(-1)).toBe(ROWS);
  });

  it('leaves the event loop free while it builds', async () => {
    let turns = 0;
    let isDone = false;
    const building = buildIndex(order()).finally(() => {
      isDone = true;
    });
    for (; !isDone; turns++) await setImmediate();
    await building;
    // Were the work done here, the loop would turn once or twice per batch, of which there are nine.
    expect(turns).toBeGreaterThan(50);
  });

  it('stops between two batches, and is done only when its thread is gone', async () => {
    const stopped = new AbortController();
    const stages = new Set<string>();
    const wanted = order({
      signal: stopped.signal,
      onProgress: (stage) => {
        stages.add(stage);
        stopped.abort(new Error('enough'));
      },
    });
    await expect(buildIndex(wanted)).rejects.toThrow('enough');
    expect([...stages]).not.toContain('measure');
    await expect(buildIndex(wanted)).rejects.toThrow('enough');
  });

  it('says which file is too short', { meta: { mayCrash: true } }, async () => {
    const wanted = order({ owners: new Int32Array(ROWS + 1).fill(1) });
    await expect(buildIndex(wanted)).rejects.toThrow(
      `${wanted.vectorPath} ends after fewer rows than it should have`,
    );
  });
});
