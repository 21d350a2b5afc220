import type { HookMessage } from '@trainer/contract/hooks';
import { Webhook } from 'standardwebhooks';
import type { Outgoing, Target } from './outgoing.ts';

/**
 * JSON for programs, signed as Standard Webhooks says: whoever holds the secret can tell that it is from here and new.
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
