import { DurableObject } from 'cloudflare:workers';
import type { Notifier, Topic } from '../../context/deps.ts';
import { memoryNotifier } from '../memory-notifier.ts';
import { realClock } from '../real-clock.ts';

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
