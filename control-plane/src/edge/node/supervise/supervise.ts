import { setTimeout as sleep } from 'node:timers/promises';
import { aborted } from '@trainer/async/aborted';
import type { Restarts } from '@trainer/contract/leases';

/** How a process ended. */
export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last line that it printed; empty when it printed none. */
  lastLine: string;
}

export interface Child {
  ended: Promise<End>;
  kill(signal: NodeJS.Signals): void;
}

interface Supervised {
  name: string;
  /** @param restarts what the program is told of its former ends, in `SUPERVISED`; null at the first start */
  start(restarts: Restarts | null): Child;
}

interface SuperviseDeps {
  /** In the order in which they start; they are ended in the opposite one. */
  programs: readonly Supervised[];
  /** Aborted to stop all programs in order. */
  stop: AbortSignal;
  /** Aborted to kill all programs immediately. */
  stopNow?: AbortSignal;
  say: (line: string) => void;
  /** Resolves early, or rejects, when the signal aborts. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Ms; for how long a program was up. */
  now?: () => number;
}

/** A runner hands its leases back within this; then the next program is ended all the same, ms. */
const politeMs = 8_000;
/** Containers are killed after 10 s: whatever has not ended by then is killed, ms. */
const killAfterMs = 9_300;
/** Of a reason, as the contract with the control plane has it, characters. */
const reasonMaxLength = 500;

/**
 * Keeps programs running. A program that crashes is restarted after a growing delay; the others keep running. A program that ends with
 * exit code 0 was ended on purpose, which ends all. After `stop` the programs end one after the other, the last one first, within
 * 10 s. Resolves when none is left.
 */
export async function supervise(deps: SuperviseDeps): Promise<void> {
  const ending = new AbortController();
  const stop = AbortSignal.any([deps.stop, ending.signal]);
  const kept = deps.programs.map((program) => keepRunning(program, deps, stop, () => ending.abort()));
  await aborted(stop);
  const over = new AbortController();
  const killAll = () => {
    for (const each of kept) each.kill('SIGKILL');
  };
  deps.stopNow?.addEventListener('abort', killAll, { once: true });
  const killed = wait(deps, killAfterMs, over.signal).then(() => over.signal.aborted || killAll());
  for (const each of kept.toReversed()) {
    each.kill('SIGTERM');
    await Promise.race([each.over, wait(deps, politeMs, over.signal)]);
  }
  await Promise.all(kept.map((each) => each.over));
  over.abort();
  await killed;
}

function keepRunning(program: Supervised, deps: SuperviseDeps, stop: AbortSignal, endAll: () => void) {
  const { now = () => performance.now(), say } = deps;
  const pauseAfter = growingPauses();
  let restarts: Restarts | null = null;
  let child: Child | undefined;

  async function run(): Promise<void> {
    while (!stop.aborted) {
      const startedAt = now();
      child = program.start(restarts);
      const end = await child.ended;
      if (stop.aborted) return;
      if (end.code === 0) {
        say(`The ${program.name} has ended, so everything ends`);
        endAll();
        return;
      }
      const reason = describeEnd(end);
      const pauseMs = pauseAfter(now() - startedAt);
      restarts = { count: (restarts?.count ?? 0) + 1, last_at: new Date().toISOString(), reason };
      say(
        `The ${program.name} ${reason}. It is started again in ${pauseMs / 1_000} s, for the ${ordinal(restarts.count)} time`,
      );
      await wait(deps, pauseMs, stop);
    }
  }

  return { over: run(), kill: (signal: NodeJS.Signals) => child?.kill(signal) };
}

/** "ended with exit code 70; its last line: …" */
export function describeEnd({ code, signal, lastLine }: End): string {
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
  return (lastLine ? `${how}; its last line: ${lastLine}` : how).slice(0, reasonMaxLength);
}

function ordinal(count: number): string {
  const suffix = ['th', 'st', 'nd', 'rd'][count % 100 > 10 && count % 100 < 14 ? 0 : count % 10] ?? 'th';
  return `${count}${suffix}`;
}

async function wait({ sleep: pause = defaultSleep }: SuperviseDeps, ms: number, signal: AbortSignal) {
  await pause(ms, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

const defaultSleep = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });

/** Before the first start after an end, ms. */
const firstMs = 1_000;
/** Longest delay between restarts, ms. */
const longestMs = 60_000;
/** After running this long, a program’s next restart uses the first delay again, ms. */
const wellAfterMs = 60_000;

/** Tells how long to wait after each end of a program: twice as long each time, until it was up for a minute. */
export function growingPauses(): (upMs: number) => number {
  let nextMs = firstMs;
  return (upMs) => {
    const pauseMs = upMs >= wellAfterMs ? firstMs : nextMs;
    nextMs = Math.min(longestMs, pauseMs * 2);
    return pauseMs;
  };
}
