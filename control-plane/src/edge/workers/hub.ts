import { DurableObject } from 'cloudflare:workers';
import type { Topic, WakeUp } from '../../context/deps.ts';
import type { ObjectDigest } from '../../objects/object-store.ts';
import { memoryWakeUp, realClock } from '../memory-wake-up.ts';
import { digestOf } from './digest-of.ts';

/**
 * Tells waiting requests of every isolate that something happened: one object, which all of them ask.
 *
 * Nothing is stored. After a restart its numbers begin at the time of day in ms, which is above whatever they were
 * before, so that everybody who still waits looks once more.
 */
export class Hub extends DurableObject {
  readonly #wakeUp: WakeUp = memoryWakeUp(realClock, Date.now());

  current(topic: Topic): Promise<number> {
    return this.#wakeUp.current(topic);
  }

  notify(topic: Topic): Promise<void> {
    return this.#wakeUp.notify(topic);
  }

  wait(topic: Topic, since: number, ms: number): Promise<number> {
    return this.#wakeUp.wait(topic, since, ms);
  }
}

/**
 * Hashes whole objects of the bucket as they stream by. A Durable Object because it may compute for 30 s where a
 * request of the free plan has 10 ms, and 1.5 GB take about 2 s.
 */
export class Digester extends DurableObject<{ R2: R2Bucket }> {
  /** Null when there is no such object. */
  async digest(key: string): Promise<ObjectDigest | null> {
    const object = await this.env.R2.get(key);
    return object && digestOf(object.body);
  }
}
