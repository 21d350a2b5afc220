import { describe, expect, it } from 'vitest';
import { inOrder } from './in-order.ts';

const never = new AbortController().signal;
const tick = () => new Promise((resolve) => setImmediate(resolve));

async function* numbers(count: number, failAt = Number.POSITIVE_INFINITY) {
  for (let i = 0; i < count; i++) {
    if (i === failAt) throw new Error('the list broke off');
    yield i;
  }
}

async function collect<T>(results: AsyncIterable<T>, into: T[] = []): Promise<T[]> {
  for await (const result of results) into.push(result);
  return into;
}

describe('inOrder', () => {
  it('hands results out in order, whichever is ready first', async () => {
    const work = async (i: number) => {
      for (let left = 10 - i; left > 0; left--) await tick();
      return i;
    };
    expect(await collect(inOrder(numbers(10), work, { ahead: 4, stop: never }))).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  it('works on no more than it may at once', async () => {
    let [underWay, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++underWay);
      await tick();
      underWay -= 1;
    };
    await collect(inOrder(numbers(20), work, { ahead: 3, stop: never }));
    expect(most).toBe(3);
  });

  it('hands a result out although the list keeps it waiting for the next item', async () => {
    async function* stalling() {
      yield 1;
      await new Promise(() => {});
    }
    const results = inOrder(stalling(), async (i) => i, { ahead: 4, stop: never });
    expect(await results.next()).toEqual({ done: false, value: 1 });
  });

  it('hands out everything before a failure, then throws it', async () => {
    const before: number[] = [];
    const list = inOrder(numbers(9, 3), async (i) => i, { ahead: 8, stop: never });
    await expect(collect(list, before)).rejects.toThrow('the list broke off');
    expect(before).toEqual([0, 1, 2]);

    const work = async (i: number) => {
      if (i === 2) throw new Error('the work failed');
      return i;
    };
    const done: number[] = [];
    await expect(collect(inOrder(numbers(9), work, { ahead: 8, stop: never }), done)).rejects.toThrow(
      'the work failed',
    );
    expect(done).toEqual([0, 1]);
  });

  it('finishes the item in hand when it is stopped, and begins nothing new', async () => {
    const stop = new AbortController();
    const doors = Array.from({ length: 9 }, () => Promise.withResolvers<void>());
    const begun: number[] = [];
    const work = async (i: number) => {
      begun.push(i);
      await doors[i]?.promise;
      return i;
    };
    const done: number[] = [];
    const collecting = collect(inOrder(numbers(9), work, { ahead: 3, stop: stop.signal }), done);
    while (begun.length < 3) await tick();
    doors[1]?.resolve();
    await tick();
    stop.abort();
    await tick();
    doors[0]?.resolve();
    await collecting;
    expect([done, begun]).toEqual([
      [0, 1],
      [0, 1, 2],
    ]);
  });

  it('tells those behind the item in hand to give up when it is stopped, and hands none of them out', async () => {
    const stop = new AbortController();
    const door = Promise.withResolvers<void>();
    const begun: number[] = [];
    const work = async (i: number, dropped: AbortSignal) => {
      begun.push(i);
      if (i === 0) await door.promise;
      else if (i > 1)
        await new Promise((_, fail) => dropped.addEventListener('abort', () => fail(dropped.reason)));
      expect(dropped.aborted).toBe(false);
      return i;
    };
    const done: number[] = [];
    const collecting = collect(inOrder(numbers(9), work, { ahead: 4, stop: stop.signal }), done);
    while (begun.length < 4) await tick();
    stop.abort();
    await tick();
    door.resolve();
    await collecting;
    expect(done).toEqual([0, 1]);
  });

  it('ends at once when it is stopped with nothing in hand', async () => {
    async function* stalling() {
      await new Promise(() => {});
      yield 1;
    }
    const stop = new AbortController();
    const collecting = collect(inOrder(stalling(), async (i) => i, { ahead: 3, stop: stop.signal }));
    stop.abort();
    expect(await collecting).toEqual([]);
  });
});
