import type { Clock, Notifier, Topic } from '../context/deps.ts';
import { realClock } from './real-clock.ts';

/** Wake-ups within one process, numbered from `first`. The clock decides when a wait is over. */
export function memoryNotifier(clock: Pick<Clock, 'sleep'> = realClock, first = 0): Notifier {
  const numbers: Record<Topic, number> = { work: first, logs: first };
  const waiters: Record<Topic, Set<AbortController>> = { work: new Set(), logs: new Set() };
  return {
    async current(topic) {
      return numbers[topic];
    },
    async notify(topic) {
      numbers[topic] += 1;
      for (const waiter of waiters[topic]) waiter.abort();
    },
    async wait(topic, since, ms, signal) {
      if (numbers[topic] > since || signal?.aborted) return numbers[topic];
      const waiter = new AbortController();
      waiters[topic].add(waiter);
      await clock.sleep(ms, signal ? AbortSignal.any([signal, waiter.signal]) : waiter.signal);
      waiters[topic].delete(waiter);
      return numbers[topic];
    },
  };
}
