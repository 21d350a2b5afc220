import { hookEvents } from '@trainer/contract/hook-events';
import type { Delivery, Hook } from '@trainer/contract/hooks';
import { isNameIn } from '@trainer/contract/names';
import { listOf } from './numbers.ts';
import type { Tone } from './run-text.ts';

/** Whether a hook is told of anything. */
export function hookState({ enabled, disabled_reason }: Hook): { tone: Tone; label: string } {
  if (enabled) return { tone: 'good', label: 'on' };
  return disabled_reason === null
    ? { tone: 'calm', label: 'off' }
    : { tone: 'bad', label: 'disabled by an error' };
}

/** What an event is called; one of a later release is shown by its name. */
export function eventLabel(event: Delivery['event']): string {
  return isNameIn(hookEvents, event) ? hookEvents[event].label : event;
}

/** When a hook is told, in a line: `a run failed or a version is published`. */
export function eventsText({ events }: Pick<Hook, 'events'>): string {
  const labels = events.map((event) => lowerFirst(eventLabel(event)));
  return listOf(labels, 'or');
}

/** How a delivery stands. */
export function deliveryState({ status, attempts }: Delivery): { tone: Tone; label: string } {
  if (status === 'delivered') return { tone: 'good', label: 'delivered' };
  if (status === 'given_up') return { tone: 'bad', label: 'given up' };
  return attempts === 0 ? { tone: 'busy', label: 'to be sent' } : { tone: 'warn', label: 'retrying' };
}

/** Within a sentence. */
export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
