import type { Restarts } from '@trainer/contract/leases';
import { describe, expect, it } from 'vitest';
import { type Child, describeEnd, type End, growingPauses, supervise } from './supervise.ts';

const crashed: End = { code: 70, signal: null, lastLine: 'error: it broke' };
const polite: End = { code: 0, signal: null, lastLine: '' };

/** A program whose processes are here only: each start waits for its end to be said. */
function program(name: string, onKill: (signal: NodeJS.Signals, end: (how: End) => void) => void) {
  const starts: { restarts: Restarts | null; end: (how: End) => void }[] = [];
  return {
    name,
    starts,
    start(restarts: Restarts | null): Child {
      const { promise: ended, resolve: end } = Promise.withResolvers<End>();
      starts.push({ restarts, end });
      return { ended, kill: (signal) => onKill(signal, end) };
    },
  };
}

/** Time that passes only when something sleeps, and pauses that are over at once. */
function setUp() {
  const stop = new AbortController();
  const said: string[] = [];
  const order: string[] = [];
  const slept: number[] = [];
  let isStuck = false;
  const obey = (name: string) => (signal: NodeJS.Signals, end: (how: End) => void) => {
    order.push(`${name} ${signal}`);
    if (signal === 'SIGKILL' || !(isStuck && name === 'runner')) end(signal === 'SIGKILL' ? crashed : polite);
  };
  const [plane, runner] = [
    program('control-plane', obey('control-plane')),
    program('runner', obey('runner')),
  ];
  const run = () =>
    supervise({
      programs: [plane, runner],
      stop: stop.signal,
      say: (line) => said.push(line),
      now: () => 0,
      sleep: async (ms, signal) => {
        // The two long ones belong to the end, and pass when a program does not heed its signal.
        if (ms > 5_000 && !isStuck) {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          return;
        }
        slept.push(ms);
      },
    });
  return { stop, said, order, slept, plane, runner, run, getStuck: () => (isStuck = true) };
}

describe('the supervisor', () => {
  it('starts a program that died again, after growing pauses, tells it why, and leaves the other one alone', async () => {
    const { stop, said, slept, plane, runner, run } = setUp();
    const over = run();
    for (let death = 0; death < 3; death += 1) {
      runner.starts[death]?.end(crashed);
      await expect.poll(() => runner.starts.length).toBe(death + 2);
    }
    expect(slept).toEqual([1_000, 2_000, 4_000]);
    expect(runner.starts.map(({ restarts }) => restarts?.count ?? 0)).toEqual([0, 1, 2, 3]);
    expect(runner.starts[3]?.restarts?.reason).toBe(
      'ended with exit code 70; its last line: error: it broke',
    );
    expect(said[1]).toMatch(/^The runner ended with exit code 70.* started again in 2 s, for the 2nd time$/);
    expect(plane.starts).toHaveLength(1);
    stop.abort();
    await over;
    expect(runner.starts).toHaveLength(4);
  });

  it('ends all when one ends on purpose', async () => {
    const { order, plane, runner, run } = setUp();
    const over = run();
    runner.starts[0]?.end(polite);
    await over;
    expect(order).toContain('control-plane SIGTERM');
    expect([plane.starts.length, runner.starts.length]).toEqual([1, 1]);
  });

  it('ends the runner before the control plane, so that leases can be handed back', async () => {
    const { stop, order, run } = setUp();
    const over = run();
    stop.abort();
    await over;
    expect(order).toEqual(['runner SIGTERM', 'control-plane SIGTERM']);
  });

  it('kills what does not end when it is told to', async () => {
    const { stop, order, run, getStuck } = setUp();
    getStuck();
    const over = run();
    stop.abort();
    await over;
    expect(order).toContain('control-plane SIGTERM');
    expect(order).toContain('runner SIGKILL');
  });
});

describe('the pauses', () => {
  it('double up to a minute, and begin anew after a program was well for a minute', () => {
    const pauseAfter = growingPauses();
    const pauses = Array.from({ length: 9 }, () => pauseAfter(10) / 1_000);
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(pauseAfter(60_000)).toBe(1_000);
    expect(pauseAfter(10)).toBe(2_000);
  });
});

describe('how a program ended', () => {
  it('is said in words that fit into a request', () => {
    expect(describeEnd({ code: null, signal: 'SIGKILL', lastLine: '' })).toBe('was ended by SIGKILL');
    expect(describeEnd({ ...crashed, lastLine: 'x'.repeat(1_000) })).toHaveLength(500);
  });
});
