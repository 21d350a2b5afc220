import { changedHookSchema, type Hook, hookSchema, newHookSchema } from '@trainer/contract/hooks';
import { describe, expect, it } from 'vitest';
import { makeHooks } from '../../testing/fake/make-hooks.ts';
import { hookPresets } from './hook-presets.ts';
import {
  changedHookRequest,
  emptyHookForm,
  formOf,
  type HookForm,
  newHookRequest,
  switchedHookRequest,
  withEvent,
} from './hook-request.ts';

const addresses = {
  webhook: 'https://example.org/in',
  discord: 'https://discord.com/api/webhooks/1/abc',
  ntfy: 'https://ntfy.sh/topic',
  gotify: 'https://gotify.example.org',
};
const form = (kind: HookForm['kind'], over: Partial<HookForm> = {}): HookForm => ({
  ...emptyHookForm,
  kind,
  name: ' Phone ',
  address: ` ${addresses[kind]} `,
  ...over,
});

describe('the request for a new hook', () => {
  it.each(['webhook', 'discord', 'ntfy', 'gotify'] as const)(
    'of kind %s is what the contract wants',
    (kind) => {
      const isRequired = hookPresets[kind].secret?.isRequired === true;
      const request = newHookSchema.parse(
        newHookRequest(form(kind, { secret: isRequired ? ' token ' : '' })),
      );
      expect(request).toMatchObject({ kind, name: 'Phone', address: addresses[kind] });
      expect('secret' in request ? request.secret : undefined).toBe(isRequired ? 'token' : undefined);
    },
  );
});

describe('the request to change a hook', () => {
  const hooks = makeHooks({ now: () => 0 });

  it.each(hooks)('leaves out what stays: $kind', (hook: Hook) => {
    const request = changedHookRequest({ ...formOf(hook), name: 'New name' }, hook);
    expect(changedHookSchema.parse(request)).toEqual({
      kind: hook.kind,
      name: 'New name',
      events: hook.events,
      enabled: hook.enabled,
    });
    expect(changedHookSchema.parse(switchedHookRequest(hook, !hook.enabled))).toMatchObject({
      name: hook.name,
      enabled: !hook.enabled,
    });
  });

  it('brings a new address and token', () => {
    const hook = hookSchema.parse(hooks.find(({ kind }) => kind === 'gotify'));
    expect(changedHookRequest(form('gotify', { secret: 'A.b' }), hook)).toMatchObject({
      address: addresses.gotify,
      secret: 'A.b',
    });
  });
});

it('keeps events in the order in which they are shown', () => {
  expect(withEvent(['version.published'], 'run.failed', true)).toEqual(['run.failed', 'version.published']);
  expect(withEvent(['run.failed', 'version.published'], 'run.failed', false)).toEqual(['version.published']);
});
