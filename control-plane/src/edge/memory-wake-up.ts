import type { Topic, WakeUp } from '../deps.ts';

/** Wake-ups within one process. */
export function memoryWakeUp(): WakeUp {
  const numbers: Record<Topic, number> = { work: 0, logs: 0 };
  const waiters: Record<Topic, Set<() => void>> = { work: new Set(), logs: new Set() };
  return {
    async current(topic) {
      return numbers[topic];
    },
    async notify(topic) {
      numbers[topic] += 1;
      for (const wake of [...waiters[topic]]) wake();
    },
    wait(topic, since, ms, signal) {
      return new Promise((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          waiters[topic].delete(finish);
          signal?.removeEventListener('abort', finish);
          resolve(numbers[topic]);
        };
        const timer = setTimeout(finish, ms);
        waiters[topic].add(finish);
        signal?.addEventListener('abort', finish);
        if (numbers[topic] > since || signal?.aborted) finish();
      });
    },
  };
}
