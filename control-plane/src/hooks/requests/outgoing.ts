import { type HookEvent, hookEvents } from '@trainer/contract/hook-events';
import type { HookMessage } from '@trainer/contract/hooks';

/** A request as it goes out. Secrets are in the headers or, where the receiver wants it so, in the address. */
export interface Outgoing {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Address and secret of a hook, opened. */
export interface Target {
  address: string;
  secret: string | null;
}

/** How a message looks and how urgent it is, in the words of each receiver. */
const tones = {
  good: { discordColor: 0x2e9d5b, ntfyTag: 'white_check_mark', ntfyPriority: 3, gotifyPriority: 4 },
  calm: { discordColor: 0x7a869a, ntfyTag: 'information_source', ntfyPriority: 2, gotifyPriority: 2 },
  warn: { discordColor: 0xd99a00, ntfyTag: 'warning', ntfyPriority: 4, gotifyPriority: 6 },
  bad: { discordColor: 0xd03b3b, ntfyTag: 'rotating_light', ntfyPriority: 4, gotifyPriority: 8 },
} as const;

export function toneOf(type: HookMessage['type']) {
  return tones[type === 'test' ? 'calm' : toneName(type)];
}

function toneName(event: HookEvent): keyof typeof tones {
  return hookEvents[event].tone;
}

/** At most `maxLength` characters; a pair of surrogates is not cut in two. */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
