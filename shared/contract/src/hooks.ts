import { z } from 'zod';
import { defaultHookEvents, hookEventNames } from './hook-events.ts';
import { count, text, time } from './primitives.ts';
import { sourceIdSchema } from './sources.ts';
import { openName } from './tolerance.ts';

/**
 * A hook sends events to an external receiver.
 *
 * 1. An event and its deliveries, one for each subscribed hook, are stored in one transaction. So a crash neither loses nor
 *    duplicates one.
 * 2. A delivery is sent at once, for ten seconds at most, and is delivered when the answer is a 2xx. Redirects are not
 *    followed.
 * 3. Otherwise it is tried again with growing pauses, `Retry-After` heeded, and given up after the last. 410 turns the hook
 *    off.
 * 4. If the control plane crashes between sending and storing the outcome, the message is sent twice with the same id.
 *
 * Address and secret are stored encrypted and never shown again, so a change means entering them again. A token is bound to the
 * address that it was entered with, so a new address requires it again.
 */
export const hookKinds = ['webhook', 'discord', 'ntfy', 'gotify'] as const;
export type HookKind = (typeof hookKinds)[number];

/** An address of http or https. What is wrong with it is said without repeating it. */
const address = z
  .url({ protocol: /^https?$/, message: 'expected an http or https address' })
  .max(2_000)
  .refine(hasNoLogin, 'must not hold a user name or password: they would be sent nowhere');

const addresses = {
  webhook: address,
  discord: address.refine(
    (value) => /^\/api\/(v\d+\/)?webhooks\/\d+\/[\w-]+\/?$/.test(pathOf(value)),
    'expected the webhook’s address as Discord gives it: https://discord.com/api/webhooks/…/…',
  ),
  ntfy: address.refine(
    (value) => !value.includes('?') && /^\/[\w-]{1,64}$/.test(pathOf(value)),
    'expected the server’s address with the topic at its end: https://ntfy.sh/your-topic',
  ),
  gotify: address.refine(
    (value) => !value.includes('?') && !/\/message\/?$/.test(pathOf(value)),
    'expected the address of the server alone; the token has its own field',
  ),
};

const secrets = {
  /** As Standard Webhooks wants it: 24 to 64 bytes. */
  webhook: z.string().refine(isSigningSecret, 'expected "whsec_" and 24 to 64 bytes in base64'),
  /** Goes into a header. */
  token: z.string().regex(/^[!-~]{1,500}$/, 'expected the token alone, without spaces'),
};

const common = {
  name: text(100).min(1),
  events: z.array(z.enum(hookEventNames)).min(1, 'tick at least one').max(50).default(defaultHookEvents),
  enabled: z.boolean().default(true),
};

export const newHookSchema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('webhook'),
    address: addresses.webhook,
    /** What messages are signed with; made here when none is given. */
    secret: secrets.webhook.optional(),
  }),
  z.object({ ...common, kind: z.literal('discord'), address: addresses.discord }),
  z.object({
    ...common,
    kind: z.literal('ntfy'),
    address: addresses.ntfy,
    /** An access token, where the topic wants one. */
    secret: secrets.token.optional(),
  }),
  z.object({
    ...common,
    kind: z.literal('gotify'),
    address: addresses.gotify,
    /** The application's token. */
    secret: secrets.token,
  }),
]);
export type NewHook = z.input<typeof newHookSchema>;

const changed = { name: common.name, events: common.events.unwrap(), enabled: z.boolean() };

/** A hook as it shall be. Its kind stays; an address or secret that is left out stays too. */
export const changedHookSchema = z.discriminatedUnion('kind', [
  z.object({
    ...changed,
    kind: z.literal('webhook'),
    address: addresses.webhook.optional(),
    secret: secrets.webhook.optional(),
  }),
  z.object({ ...changed, kind: z.literal('discord'), address: addresses.discord.optional() }),
  z.object({
    ...changed,
    kind: z.literal('ntfy'),
    address: addresses.ntfy.optional(),
    /** Null takes the token away. */
    secret: secrets.token.nullish(),
  }),
  z.object({
    ...changed,
    kind: z.literal('gotify'),
    address: addresses.gotify.optional(),
    secret: secrets.token.optional(),
  }),
]);
export type ChangedHook = z.input<typeof changedHookSchema>;

export const deliveryStatuses = {
  waiting: 'will be sent, or sent again',
  delivered: 'the receiver took it',
  given_up: 'the receiver did not accept it, and it is not retried',
} as const;
export type DeliveryStatus = keyof typeof deliveryStatuses;

export const deliverySchema = z.object({
  /** Names the message, however often it is sent. */
  message_id: z.uuid(),
  event: openName(hookEventNames),
  run_id: z.int().positive(),
  /** The source that is paused. */
  source: sourceIdSchema.nullable(),
  status: openName<DeliveryStatus>(['waiting', 'delivered', 'given_up']),
  /** Times it was sent so far. */
  attempts: count,
  /** Why the newest attempt did not succeed. */
  last_error: z.string().nullable(),
  created_at: time,
  /** When it is sent next; null when it is over. */
  next_attempt_at: time.nullable(),
  finished_at: time.nullable(),
});
export type Delivery = z.output<typeof deliverySchema>;

export const hookSchema = z.object({
  id: z.int().positive(),
  name: z.string(),
  kind: z.enum(hookKinds),
  /** Enough of the address to tell hooks apart: its host, and the end of what is long enough to stay secret. */
  hint: z.string(),
  has_secret: z.boolean(),
  events: z.array(z.enum(hookEventNames)),
  enabled: z.boolean(),
  /** Set when the control plane turned it off. */
  disabled_reason: z.string().nullable(),
  created_at: time,
  last_delivery: deliverySchema.nullable(),
});
export type Hook = z.output<typeof hookSchema>;

/** The only answer that holds a secret: the one that messages are signed with, if it was made here. */
export const createdHookSchema = hookSchema.extend({ secret: z.string().nullable() });

/** What came of a test, in words. */
export const hookTestSchema = z.object({
  ok: z.boolean(),
  said: z.string(),
  took_ms: count,
});
export type HookTest = z.output<typeof hookTestSchema>;

/**
 * The body of a message to a hook of kind `webhook`, signed as https://www.standardwebhooks.com says. What does not apply is
 * null.
 */
export const hookMessageSchema = z.object({
  type: z.enum([...hookEventNames, 'test']),
  /** As in the header `webhook-id`: the same in every attempt. */
  id: z.uuid(),
  /** When it happened. */
  time,
  data: z.object({
    /** One line for people. */
    title: z.string(),
    /** More for people; may be empty. */
    text: z.string(),
    run_id: z.int().nullable(),
    /** The run's status. */
    status: z.string().nullable(),
    reason: z.string().nullable(),
    source: z.string().nullable(),
    version: z.string().nullable(),
    performers: count.nullable(),
    faces: count.nullable(),
    errors: count.nullable(),
    /** The page of the dashboard, where its address is known. */
    link: z.url().nullable(),
  }),
});
export type HookMessage = z.output<typeof hookMessageSchema>;

function isSigningSecret(value: string): boolean {
  return /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/.test(value) && (value.length - 'whsec_'.length) % 4 === 0;
}

function hasNoLogin(value: string): boolean {
  if (!URL.canParse(value)) return true;
  const { username, password } = new URL(value);
  return username === '' && password === '';
}

function pathOf(value: string): string {
  return URL.canParse(value) ? new URL(value).pathname : '';
}
