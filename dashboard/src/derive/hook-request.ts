import { defaultHookEvents, type HookEvent, hookEventNames } from '@trainer/contract/hook-events';
import type { ChangedHook, Hook, HookKind, NewHook } from '@trainer/contract/hooks';

export interface HookForm {
  kind: HookKind;
  name: string;
  /** Empty: the one that is stored stays. */
  address: string;
  secret: string;
  events: readonly HookEvent[];
}

export const emptyHookForm: HookForm = {
  kind: 'discord',
  name: '',
  address: '',
  secret: '',
  events: defaultHookEvents,
};

/** The form of a hook that is there. What is secret about it is not known here. */
export function formOf({ kind, name, events }: Hook): HookForm {
  return { ...emptyHookForm, kind, name, events };
}

/** The events with one more or one less, in the order in which they are shown. */
export function withEvent(events: readonly HookEvent[], event: HookEvent, isOn: boolean): HookEvent[] {
  return hookEventNames.filter((each) => (each === event ? isOn : events.includes(each)));
}

/** What the API wants for a new hook; it says itself what is wrong with a field. */
export function newHookRequest({ kind, name, address, secret, events }: HookForm): NewHook {
  const common = { name: name.trim(), address: address.trim(), events: [...events] };
  const given = secret.trim();
  switch (kind) {
    case 'discord':
      return { kind, ...common };
    case 'gotify':
      return { kind, ...common, secret: given };
    case 'webhook':
    case 'ntfy':
      return { kind, ...common, ...(given && { secret: given }) };
  }
}

/** What the API wants to change a hook: an address or secret that was left empty stays. */
export function changedHookRequest({ name, address, secret, events }: HookForm, hook: Hook): ChangedHook {
  const common = {
    name: name.trim(),
    events: [...events],
    enabled: hook.enabled,
    ...(address.trim() && { address: address.trim() }),
  };
  if (hook.kind === 'discord') return { kind: hook.kind, ...common };
  const given = secret.trim();
  return { kind: hook.kind, ...common, ...(given && { secret: given }) };
}

/** The same hook, turned on or off. */
export function switchedHookRequest({ kind, name, events }: Hook, enabled: boolean): ChangedHook {
  return { kind, name, events, enabled };
}
