import { defaultHookEvents } from '@trainer/contract/hook-events';
import type { Delivery, Hook } from '@trainer/contract/hooks';
import { ago, type World } from './world.ts';

/** Hooks that go well, that wait, and one that was turned off. */
export function makeHooks(world: Pick<World, 'now'>): Hook[] {
  const delivery = (more: Partial<Delivery>): Delivery => ({
    message_id: '018f3a2b-0000-7000-8000-00000000abcd',
    event: 'version.published',
    run_id: 41,
    source: null,
    status: 'delivered',
    attempts: 1,
    last_error: null,
    created_at: ago(world, 1_440),
    next_attempt_at: null,
    finished_at: ago(world, 1_440),
    ...more,
  });
  const hook = (id: number, name: string, kind: Hook['kind'], hint: string, more: Partial<Hook>): Hook => ({
    id,
    name,
    kind,
    hint,
    has_secret: kind !== 'discord',
    events: defaultHookEvents,
    enabled: true,
    disabled_reason: null,
    created_at: ago(world, 30_000),
    last_delivery: null,
    ...more,
  });
  const gone = 'discord.com answered 410: the address was removed permanently';
  return [
    hook(1, 'Phone', 'ntfy', 'ntfy.sh/…', { last_delivery: delivery({}) }),
    hook(2, 'Home server', 'gotify', 'gotify.home.arpa', {
      events: ['run.failed', 'source.paused', 'run.started'],
      last_delivery: delivery({
        event: 'source.paused',
        source: 'boobpedia',
        status: 'waiting',
        attempts: 3,
        last_error: 'no answer from gotify.home.arpa: connect ECONNREFUSED 192.168.1.20:443',
        created_at: ago(world, 9),
        next_attempt_at: ago(world, -4),
        finished_at: null,
      }),
    }),
    hook(3, 'Old channel', 'discord', 'discord.com/…f3a1', {
      enabled: false,
      disabled_reason: gone,
      last_delivery: delivery({
        status: 'given_up',
        last_error: gone,
        created_at: ago(world, 11_600),
        run_id: 40,
      }),
    }),
    hook(4, 'Fetch script', 'webhook', 'tower.home.arpa:9000/…', { events: ['version.published'] }),
  ];
}
