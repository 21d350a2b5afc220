import { describe, expect, it } from 'vitest';
import { cleanUpFaults, withCleanUp, withCleanUpSync } from './with-clean-up.ts';

const first = new Error('the disk is full');
const second = new Error('cannot roll back');
const fail = (error: Error) => () => {
  throw error;
};

describe('cleaning up', () => {
  it('never hides the fault that came first, and is attached to it', async () => {
    await expect(withCleanUp(fail(first), fail(second))).rejects.toBe(first);
    await expect(withCleanUp(fail(first), async () => fail(second)())).rejects.toBe(first);
    expect(() => withCleanUpSync(fail(first), fail(second))).toThrow(first);
    expect(cleanUpFaults(first)).toEqual([second, second, second]);
    expect(cleanUpFaults(second)).toEqual([]);
  });

  it('is a fault of its own when the work succeeded', async () => {
    await expect(withCleanUp(() => 1, fail(second))).rejects.toBe(second);
    expect(() => withCleanUpSync(() => 1, fail(second))).toThrow(second);
  });

  it('comes after the work, and gives its result', async () => {
    const order: string[] = [];
    const work = async () => {
      await Promise.resolve();
      order.push('work');
      return 7;
    };
    expect(await withCleanUp(work, () => order.push('clean up'))).toBe(7);
    expect(order).toEqual(['work', 'clean up']);
    expect(
      withCleanUpSync(
        () => 8,
        () => order.push('again'),
      ),
    ).toBe(8);
    expect(order).toHaveLength(3);
  });

  it('does not fail on a thrown thing that is no error', async () => {
    const throwText = () => {
      throw 'a text';
    };
    await expect(withCleanUp(throwText, fail(second))).rejects.toBe('a text');
  });
});
