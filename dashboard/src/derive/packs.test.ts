import { describe, expect, it } from 'vitest';
import { makeWorld } from '../../testing/fake/make-world.ts';
import { listPacks } from './packs.ts';

describe('model packs to choose from', () => {
  it('say which runner has them ready, or why none has', () => {
    const { runners } = makeWorld('finished');
    expect(listPacks(runners, 'stash-sense').map(({ id, ready, note }) => [id, ready, note])).toEqual([
      ['stash-sense', true, 'ready on tower'],
      ['buffalo_l', false, 'det_10g.onnx is missing: run "runner models pull buffalo_l"'],
      ['starter', true, 'ready on tower'],
    ]);
  });

  it('show the configured pack even when no runner is online', () => {
    const runners = makeWorld('finished').runners.map((runner) => ({ ...runner, online: false }));
    expect(listPacks(runners, 'stash-sense')).toEqual([
      { id: 'stash-sense', title: 'stash-sense', ready: false, note: 'no online runner has it' },
    ]);
  });
});
