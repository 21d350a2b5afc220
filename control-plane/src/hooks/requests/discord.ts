import type { HookMessage } from '@trainer/contract/hooks';
import { cut, type Outgoing, type Target, toneOf } from './outgoing.ts';

/** Of an embed, characters: https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
const TITLE_MAX = 256;
const DESCRIPTION_MAX = 4_096;

/** A message with one embed. Names come from outside, so nobody is mentioned, whatever they say. */
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
