import { isRefusal } from '../reading/refuse-answer.ts';
import { joinTraffic, type Transport } from './transport.ts';

/** Uses the first way until it is refused, and the second for the rest of the run. `onSwitch` hears of it once. */
export function withFallback(first: Transport, second: Transport, onSwitch: () => void): Transport {
  let current = first;

  function switchOver(): void {
    if (current === second) return;
    current = second;
    onSwitch();
  }

  return {
    async fetchPage(url, known, signal) {
      const answer = await current.fetchPage(url, known, signal);
      if (current === second || !isRefusal(answer)) return answer;
      switchOver();
      return second.fetchPage(url, known, signal);
    },
    fetchImage: (url, options, signal) => current.fetchImage(url, options, signal),
    traffic() {
      const [one, other] = [first.traffic(), second.traffic()];
      return joinTraffic([one.hosts ?? new Map(), other.hosts ?? new Map()], one.waitedMs);
    },
    async close() {
      await Promise.all([first.close(), second.close()]);
    },
  };
}
