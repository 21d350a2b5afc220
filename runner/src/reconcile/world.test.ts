import { describe, expect, it } from 'vitest';
import { freshFolder } from '../../testing/catalog/fresh-folder.ts';
import { inAnotherOrder, measureWorld } from '../../testing/world/measure-world.ts';
import { findTruePairs } from '../../testing/world/true-pairs.ts';
import { makeWorld } from '../../testing/world/world.ts';

describe('identity in a generated world of 1,500 people', () => {
  it('finds who is the same, takes nobody for somebody else, and does not depend on the order', async () => {
    const world = makeWorld(1_500, 7);
    const pairs = findTruePairs(world);
    const { precision, recall, found, partition } = await measureWorld(world, pairs, freshFolder());
    expect(found).toBeGreaterThan(1_200);
    expect(precision).toBeGreaterThanOrEqual(0.999);
    expect(recall).toBeGreaterThanOrEqual(0.98);

    const again = await measureWorld(inAnotherOrder(world, 8), pairs, freshFolder());
    expect(again.partition).toEqual(partition);
  });
});
