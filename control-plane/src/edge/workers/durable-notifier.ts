import { DurableObject } from 'cloudflare:workers';
import type { Clock, Notifier, ProgramLog, Topic } from '../../context/deps.ts';
import { withCauses } from '../../http/with-causes.ts';
import { memoryNotifier } from '../memory-notifier.ts';
import { realClock } from '../real-clock.ts';

/** While the hub does not answer, waiters look at the database this often, ms. */
const BLIND_MS = 5_000;

/**
 * Wake-ups through the hub. Its restart or its absence costs time and no more: whoever waits looks at the database
 * again after seconds, whatever it was told.
 */
export function durableNotifier(
  hubs: DurableObjectNamespace<Hub>,
  { clock, log }: { clock: Clock; log: ProgramLog },
): Notifier {
  // A stub belongs to the request that took it.
  const hub = () => hubs.getByName('hub');

  async function attempt<T>(ask: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      log('warn', `The hub does not answer: ${withCauses(error)}`);
      return otherwise();
    }
  }

  return {
    // 0 is below every number: the wait that follows ends at once if the hub is back by then.
    current: (topic) =>
      attempt(
        () => hub().current(topic),
        async () => 0,
      ),
    notify: (topic) =>
      attempt(
        () => hub().notify(topic),
        // Once more: the first call after a restart may still meet the old object.
        () =>
          attempt(
            () => hub().notify(topic),
            async () => {},
          ),
      ),
    wait: (topic, since, ms, signal) =>
      attempt(
        () => Promise.race([hub().wait(topic, since, ms), aborted(signal, since)]),
        async () => {
          await clock.sleep(Math.min(ms, BLIND_MS), signal);
          return since;
        },
      ),
  };
}

function aborted<T>(signal: AbortSignal | undefined, value: T): Promise<T> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve(value);
    signal?.addEventListener('abort', () => resolve(value), { once: true });
  });
}

/**
 * Tells waiting requests of every isolate that something happened: one object, which all of them ask.
 *
 * Nothing is stored. After a restart its numbers begin at the time of day in ms, which is above whatever they were
 * before, so that everybody who still waits looks once more.
 */
export class Hub extends DurableObject {
  readonly #notifier: Notifier = memoryNotifier(realClock, Date.now());

  current(topic: Topic): Promise<number> {
    return this.#notifier.current(topic);
  }

  notify(topic: Topic): Promise<void> {
    return this.#notifier.notify(topic);
  }

  wait(topic: Topic, since: number, ms: number): Promise<number> {
    return this.#notifier.wait(topic, since, ms);
  }
}
