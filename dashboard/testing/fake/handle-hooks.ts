import { defaultHookEvents } from '@trainer/contract/hook-events';
import type { ChangedHook, Delivery, Hook, HookTest, NewHook } from '@trainer/contract/hooks';
import type { ResponseOf } from '@trainer/contract/routes';
import { refuse } from './refusal.ts';
import { ago, type World } from './world.ts';

export function listHooks(world: World): Hook[] {
  if (world.session?.scope !== 'admin') refuse('forbidden', 'This needs the scope "admin".');
  return world.hooks;
}

export function makeHook(world: World, body: NewHook): ResponseOf<'POST /api/hooks'> {
  const given = 'secret' in body && body.secret ? body.secret : null;
  const hook: Hook = {
    id: Math.max(0, ...world.hooks.map(({ id }) => id)) + 1,
    name: body.name,
    kind: body.kind,
    hint: `${new URL(body.address).host}/…`,
    has_secret: given !== null || body.kind === 'webhook',
    events: body.events ?? defaultHookEvents,
    enabled: body.enabled ?? true,
    disabled_reason: null,
    created_at: new Date(world.now()).toISOString(),
    last_delivery: null,
  };
  world.hooks.push(hook);
  const made = 'whsec_8b0mYJ8FQy2b6m3VQJmZ0p9k1nS4tW7xzA5cD2eG6hI=';
  return { ...hook, secret: body.kind === 'webhook' && given === null ? made : null };
}

export function changeHook(world: World, id: number, body: ChangedHook): Hook {
  const hook = findHook(world, id);
  Object.assign(hook, { name: body.name, events: body.events, enabled: body.enabled });
  if (body.enabled) hook.disabled_reason = null;
  if (body.address) hook.hint = `${new URL(body.address).host}/…`;
  return hook;
}

export function removeHook(world: World, id: number): undefined {
  findHook(world, id);
  world.hooks = world.hooks.filter((hook) => hook.id !== id);
  return undefined;
}

export function testHook(world: World, id: number): HookTest {
  const { hint, disabled_reason } = findHook(world, id);
  const host = hint.split('/')[0];
  if (disabled_reason === null) return { ok: true, said: `${host} answered 200`, took_ms: 182 };
  const said = `${disabled_reason}. It says: {"message": "Unknown Webhook", "code": 10015}`;
  return { ok: false, said, took_ms: 96 };
}

/** The last one, and some like it before. */
export function listDeliveries(world: World, id: number): Delivery[] {
  const last = findHook(world, id).last_delivery;
  if (!last) return [];
  const earlier = [41, 40, 38].map(
    (run_id, index): Delivery => ({
      message_id: `018f3a2b-0000-7000-8000-00000000000${index}`,
      event: 'version.published',
      run_id,
      source: null,
      status: 'delivered',
      attempts: 1,
      last_error: null,
      created_at: ago(world, (index + 1) * 10_080),
      next_attempt_at: null,
      finished_at: ago(world, (index + 1) * 10_080),
    }),
  );
  return [last, ...earlier];
}

function findHook(world: World, id: number): Hook {
  return world.hooks.find((hook) => hook.id === id) ?? refuse('not_found', `There is no hook ${id}.`);
}
