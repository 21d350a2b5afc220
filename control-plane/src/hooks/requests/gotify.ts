import type { HookMessage } from '@trainer/contract/hooks';
import { cut, type Outgoing, type Target, toneOf } from './outgoing.ts';

/** Enough for any reason. Gotify wants some text in every message. */
const MESSAGE_MAX = 4_000;

/** A message of the application whose token it is: https://gotify.net/docs/pushmsg */
export function toGotify({ address, secret }: Target, { type, data }: HookMessage): Outgoing {
  if (secret === null) throw new Error('A hook of kind gotify has no token');
  return {
    url: `${address.replace(/\/+$/, '')}/message`,
    headers: { 'x-gotify-key': secret },
    body: JSON.stringify({
      title: data.title,
      message: cut(data.text || data.title, MESSAGE_MAX),
      priority: toneOf(type).gotifyPriority,
      ...(data.link !== null && { extras: { 'client::notification': { click: { url: data.link } } } }),
    }),
  };
}
