import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { memoryNotifier } from './memory-notifier.ts';

function fresh() {
  const clock = new FakeClock();
  return { clock, notifier: memoryNotifier(clock) };
}

describe('a wake-up', () => {
  it('reaches everybody who waits for its topic, and nobody else', async () => {
    const { clock, notifier } = fresh();
    const work = Promise.all([notifier.wait('work', 0, 1_000), notifier.wait('work', 0, 1_000)]);
    const logs = notifier.wait('logs', 0, 1_000);
    await notifier.notify('work');
    expect(await work).toEqual([1, 1]);
    clock.advance(1_000);
    expect(await logs).toBe(0);
  });

  it('is not lost when it comes between the look and the wait', async () => {
    const { notifier } = fresh();
    const seen = await notifier.current('work');
    await notifier.notify('work');
    expect(await notifier.wait('work', seen, 1_000)).toBe(1);
  });

  it('is not waited for by somebody who is gone', async () => {
    const { clock, notifier } = fresh();
    const gone = new AbortController();
    const waiting = notifier.wait('work', 0, 1_000, gone.signal);
    gone.abort();
    expect(await waiting).toBe(0);
    expect(await notifier.wait('work', 0, 1_000, gone.signal)).toBe(0);
    expect(clock.sleepers).toBe(0);
  });
});
