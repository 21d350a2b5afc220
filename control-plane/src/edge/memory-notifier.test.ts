import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { memoryWakeUp } from './memory-notifier.ts';

function fresh() {
  const clock = new FakeClock();
  return { clock, wakeUp: memoryWakeUp(clock) };
}

describe('a wake-up', () => {
  it('reaches everybody who waits for its topic, and nobody else', async () => {
    const { clock, wakeUp } = fresh();
    const work = Promise.all([wakeUp.wait('work', 0, 1_000), wakeUp.wait('work', 0, 1_000)]);
    const logs = wakeUp.wait('logs', 0, 1_000);
    await wakeUp.notify('work');
    expect(await work).toEqual([1, 1]);
    clock.advance(1_000);
    expect(await logs).toBe(0);
  });

  it('is not lost when it comes between the look and the wait', async () => {
    const { wakeUp } = fresh();
    const seen = await wakeUp.current('work');
    await wakeUp.notify('work');
    expect(await wakeUp.wait('work', seen, 1_000)).toBe(1);
  });

  it('is not waited for by somebody who is gone', async () => {
    const { clock, wakeUp } = fresh();
    const gone = new AbortController();
    const waiting = wakeUp.wait('work', 0, 1_000, gone.signal);
    gone.abort();
    expect(await waiting).toBe(0);
    expect(await wakeUp.wait('work', 0, 1_000, gone.signal)).toBe(0);
    expect(clock.sleepers).toBe(0);
  });
});
