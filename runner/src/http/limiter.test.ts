import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/virtual-clock.ts';
import { createLimiter, createLimiters } from './limiter.ts';

describe('a limiter', () => {
  it('starts requests exactly 60 s / rate apart, however many ask at once', async () => {
    const clock = virtualClock();
    const limiter = createLimiter(clock, { requestsPerMinute: 240, concurrency: 4 });
    const starts: number[] = [];
    await Promise.all(Array.from({ length: 9 }, () => limiter.run(async () => starts.push(clock.now()))));
    const gaps = starts.slice(1).map((at, i) => at - (starts[i] ?? 0));
    expect(gaps).toEqual(Array(8).fill(250));
    expect(limiter.waitedMs()).toBe(2_000);
  });

  it('saves up nothing while idle', async () => {
    const clock = virtualClock();
    const limiter = createLimiter(clock, { requestsPerMinute: 60, concurrency: 4 });
    await limiter.run(async () => {});
    clock.advance(60_000);
    const starts: number[] = [];
    await Promise.all([1, 2].map(() => limiter.run(async () => starts.push(clock.now()))));
    expect((starts[1] ?? 0) - (starts[0] ?? 0)).toBe(1_000);
  });

  it('never has more under way than its concurrency', async () => {
    const limiter = createLimiter(virtualClock(), { requestsPerMinute: 6_000, concurrency: 2 });
    let [underWay, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++underWay);
      for (let ticks = 0; ticks < 20; ticks++) await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
    };
    await Promise.all(Array.from({ length: 6 }, () => limiter.run(work)));
    expect(most).toBe(2);
  });

  it('holds everyone back when asked to, slows down, and recovers with normal answers', async () => {
    const clock = virtualClock();
    const limiter = createLimiter(clock, { requestsPerMinute: 60, concurrency: 1 });
    const begun = clock.now();
    limiter.pauseFor(30_000);
    await limiter.run(async () => {});
    expect(clock.now() - begun).toBe(30_000);
    await limiter.run(async () => {});
    expect(clock.now() - begun).toBe(32_000);
    for (let i = 0; i < 20; i++) limiter.recover();
    await limiter.run(async () => {});
    await limiter.run(async () => {});
    expect(clock.now() - begun).toBe(35_000);
  });

  it('stops waiting when the signal says so, and lets the next one go on', async () => {
    const clock = virtualClock();
    const limiter = createLimiter(clock, { requestsPerMinute: 60, concurrency: 2 });
    const aborted = AbortSignal.abort(new Error('told to stop'));
    await expect(limiter.run(async () => 'never', aborted)).rejects.toThrow('told to stop');
    expect(await limiter.run(async () => 'next')).toBe('next');
  });

  it('belongs to its source from one task to the next', async () => {
    const clock = virtualClock();
    const limiterOf = createLimiters(clock);
    const begun = clock.now();
    await limiterOf('stashdb', { requestsPerMinute: 60, concurrency: 1 }).run(async () => {});
    await limiterOf('fansdb', { requestsPerMinute: 60, concurrency: 1 }).run(async () => {});
    expect(clock.now() - begun).toBe(0);
    await limiterOf('stashdb', { requestsPerMinute: 60, concurrency: 1 }).run(async () => {});
    expect(clock.now() - begun).toBe(1_000);
  });
});
