import type { HookMessage } from '@trainer/contract/hooks';
import { cut, type Outgoing, type Target, toneOf } from './outgoing.ts';

/** ntfy makes a file of what is longer than 4,096 bytes; a character has up to four. */
const MESSAGE_MAX = 1_000;

/**
 * Published as JSON to the server itself, because headers cannot hold every character and an address with the topic would
 * show it to proxies: https://docs.ntfy.sh/publish/#publish-as-json
 */
export function toNtfy({ address, secret }: Target, { type, data }: HookMessage): Outgoing {
  const { origin, pathname } = new URL(address);
  const { ntfyTag, ntfyPriority } = toneOf(type);
  return {
    url: origin,
    headers: secret === null ? {} : { authorization: `Bearer ${secret}` },
    body: JSON.stringify({
      topic: pathname.slice(1),
      title: data.title,
      message: cut(data.text || data.title, MESSAGE_MAX),
      priority: ntfyPriority,
      tags: [ntfyTag],
      ...(data.link !== null && { click: data.link }),
    }),
  };
}
