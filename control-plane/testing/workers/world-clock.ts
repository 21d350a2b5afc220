import type { Clock, Notifier } from '../../src/context/deps.ts';
import { realClock } from '../../src/edge/real-clock.ts';

/** How often a sleeper looks whether the test has moved the time, ms. */
const LOOK_MS = 3;

/** A clock that a test moves from outside: requests bring the time. */
export class WorldClock implements Clock {
  #now = 0;
  #moves = -1;
  #sleepers = 0;
  #isOver = false;

  now(): number {
    return this.#now;
  }

  /** How many sleep now. */
  get sleepers(): number {
    return this.#sleepers;
  }

  /** @param said `nowHeader` of a request; one that was overtaken on its way changes nothing. */
  moveTo(said: string): void {
    const [moves = 0, now = 0] = said.split(' ').map(Number);
    if (moves < this.#moves) return;
    this.#moves = moves;
    this.#now = now;
  }

  /** Lets nobody sleep on whom the test has left behind. */
  end(): void {
    this.#isOver = true;
  }

  /** Looks by itself, because in a Worker nobody can wake another request. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const until = this.#now + ms;
    this.#sleepers += 1;
    while (this.#now < until && !signal?.aborted) {
      await realClock.sleep(LOOK_MS);
      if (this.#isOver) throw new Error('The test is over');
    }
    this.#sleepers -= 1;
  }
}

/** The same wake-ups, but `clock` decides when a wait is over. */
export function notifierByClock(notifier: Notifier, clock: Clock): Notifier {
  return {
    current: (topic) => notifier.current(topic),
    notify: (topic) => notifier.notify(topic),
    async wait(topic, since, ms, signal) {
      const over = new AbortController();
      const ended = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
      const woken = notifier.wait(topic, since, ms, ended);
      const late = clock.sleep(ms, ended).then(() => since);
      const number = await Promise.race([woken, late]);
      over.abort();
      return number;
    },
  };
}
