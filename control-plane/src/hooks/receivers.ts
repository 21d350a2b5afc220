import { type HookEvent, hookEvents } from '@trainer/contract/hook-events';
import type { HookMessage } from '@trainer/contract/hooks';
import { Webhook } from 'standardwebhooks';

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

/** Colour and priority of a message for each kind of receiver. */
const tones = {
  good: { discordColor: 0x2e9d5b, ntfyTag: 'white_check_mark', ntfyPriority: 3, gotifyPriority: 4 },
  calm: { discordColor: 0x7a869a, ntfyTag: 'information_source', ntfyPriority: 2, gotifyPriority: 2 },
  warn: { discordColor: 0xd99a00, ntfyTag: 'warning', ntfyPriority: 4, gotifyPriority: 6 },
  bad: { discordColor: 0xd03b3b, ntfyTag: 'rotating_light', ntfyPriority: 4, gotifyPriority: 8 },
} as const;

function toneOf(type: HookMessage['type']) {
  return tones[type === 'test' ? 'calm' : toneName(type)];
}

function toneName(event: HookEvent): keyof typeof tones {
  return hookEvents[event].tone;
}

/** At most `maxLength` characters; a pair of surrogates is not cut in two. */
function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * JSON for programs, signed as Standard Webhooks specifies: a receiver with the secret can verify origin and age.
 *
 * @param now when it is sent, ms since 1970: receivers refuse what is older than minutes
 */
export function toWebhook({ address, secret }: Target, message: HookMessage, now: number): Outgoing {
  if (secret === null) throw new Error('A hook of kind webhook has no signing secret');
  const body = JSON.stringify(message);
  return {
    url: address,
    headers: {
      'webhook-id': message.id,
      'webhook-timestamp': String(Math.floor(now / 1_000)),
      'webhook-signature': new Webhook(secret).sign(message.id, new Date(now), body),
    },
    body,
  };
}

/** Of an embed, characters: https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
const TITLE_MAX = 256;
const DESCRIPTION_MAX = 4_096;

/** A message with one embed. Names come from outside, so mentions are disabled. */
export function toDiscord({ address }: Target, { type, time, data }: HookMessage): Outgoing {
  const embed = {
    title: cut(data.title, TITLE_MAX),
    description: cut(data.text, DESCRIPTION_MAX),
    color: toneOf(type).discordColor,
    timestamp: time,
    ...(data.link !== null && { url: data.link }),
  };
  return {
    url: address,
    headers: {},
    body: JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } }),
  };
}

/** ntfy makes a file of what is longer than 4,096 bytes; a character has up to four. */
const NTFY_MESSAGE_MAX = 1_000;

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
      message: cut(data.text || data.title, NTFY_MESSAGE_MAX),
      priority: ntfyPriority,
      tags: [ntfyTag],
      ...(data.link !== null && { click: data.link }),
    }),
  };
}

/** Enough for any reason. Gotify wants some text in every message. */
const GOTIFY_MESSAGE_MAX = 4_000;

/** A message of the application whose token it is: https://gotify.net/docs/pushmsg */
export function toGotify({ address, secret }: Target, { type, data }: HookMessage): Outgoing {
  if (secret === null) throw new Error('A hook of kind gotify has no token');
  return {
    url: `${address.replace(/\/+$/, '')}/message`,
    headers: { 'x-gotify-key': secret },
    body: JSON.stringify({
      title: data.title,
      message: cut(data.text || data.title, GOTIFY_MESSAGE_MAX),
      priority: toneOf(type).gotifyPriority,
      ...(data.link !== null && { extras: { 'client::notification': { click: { url: data.link } } } }),
    }),
  };
}
