import { describe, expect, it } from 'vitest';
import { cleanUpFaults, firstFault, rethrowAfter, withCleanUp, withCleanUpSync } from './with-clean-up.ts';

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
    expect(cleanUpFaults(first)).toEqual([second]);
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

describe('what `using` says', () => {
  it('is told with the fault that came first in front', async () => {
    const broken = new Error('the write failed');
    const closing = new Error('the file cannot be closed');
    const run = async () => {
      await using _ = { [Symbol.asyncDispose]: async () => fail(closing)() };
      throw broken;
    };
    const thrown = await run().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(SuppressedError);
    expect(firstFault(thrown)).toBe(broken);
    expect(cleanUpFaults(broken)).toEqual([closing]);
    expect(firstFault(broken)).toBe(broken);
  });
});

it('a catch that has something to undo throws what it caught', async () => {
  const error = new Error('it broke off');
  await expect(rethrowAfter(error, async () => fail(second)())).rejects.toBe(error);
  expect(cleanUpFaults(error)).toEqual([second]);
});
