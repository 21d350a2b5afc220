import type { HookEvent } from '@trainer/contract/hook-events';
import {
  type Delivery,
  type Hook,
  type HookMessage,
  hookMessageSchema,
  type NewHook,
} from '@trainer/contract/hooks';
import { z } from 'zod';
import { openReceiver, type Receiver } from './receiver.ts';
import type { TestApp } from './test-app.ts';

export interface HookWorld<A extends TestApp = TestApp> extends AsyncDisposable {
  app: A;
  receiver: Receiver;
  /** Makes a hook of kind webhook that leads to the receiver. */
  makeHook: (over?: Partial<Extract<NewHook, { kind: 'webhook' }>>) => Promise<Hook>;
  deliveries: (hook: Hook) => Promise<Delivery[]>;
  /** Everything that came, oldest first. */
  messages: () => HookMessage[];
  /** The events that came, sorted: two at once are sent at once. */
  told: () => Promise<HookMessage['type'][]>;
  /** What the first message of an event says. */
  said: (event: HookEvent) => HookMessage['data'] | undefined;
  /** Lets time pass, and then sends what is due, as the edge does every few seconds. Answers with how many that were. */
  pass: (ms: number) => Promise<number>;
}

/** A control plane and a receiver for its hooks; both end with it. */
export async function openHookWorld<A extends TestApp>(app: A): Promise<HookWorld<A>> {
  const receiver = await openReceiver();
  const messages = () => receiver.received.map(({ body }) => hookMessageSchema.parse(JSON.parse(body)));
  return {
    app,
    receiver,
    makeHook: (over = {}) =>
      app.as('admin')('POST /api/hooks', {
        body: { name: 'script', kind: 'webhook', address: receiver.url, ...over },
      }),
    deliveries: ({ id }) => app.as('admin')('GET /api/hooks/{id}/deliveries', { params: { id }, query: {} }),
    messages,
    async told() {
      await app.settled();
      return messages()
        .map(({ type }) => type)
        .sort();
    },
    said: (event) => messages().find(({ type }) => type === event)?.data,
    async pass(ms) {
      app.clock.advance(ms);
      return z.int().parse(await app.keepHouse('Sending to hooks'));
    },
    async [Symbol.asyncDispose]() {
      await app.settled();
      await receiver[Symbol.asyncDispose]();
      await app.close();
    },
  };
}
