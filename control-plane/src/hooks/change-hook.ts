import type { changedHookSchema } from '@trainer/contract/hooks';
import type { z } from 'zod';
import type { Deps } from '../context/deps.ts';
import { ProblemError } from '../http/problem-error.ts';
import { hintOf } from './hint-of.ts';
import { requireHook } from './require-hook.ts';
import { type HookRow, updateHook } from './store.ts';

type Changed = z.output<typeof changedHookSchema>;

/**
 * Brings a hook to what is wanted. A token goes only to the address that it was entered with: a new address without a token
 * leaves none, so that changing the address shows nobody a token that they did not know.
 *
 * @throws {ProblemError} `not_found`, `invalid_request`
 */
export async function changeHook(
  { db, clock, vault, record }: Pick<Deps, 'db' | 'clock' | 'vault' | 'record'>,
  id: number,
  wanted: Changed,
  actor: string,
): Promise<HookRow> {
  const before = await requireHook(db, id);
  if (wanted.kind !== before.kind) {
    throw wrong('kind', `is ${before.kind} and stays so; make another hook for ${wanted.kind}`);
  }
  const { name, events, enabled, address } = wanted;
  const secret = secretAfter(wanted);
  if (wanted.kind === 'gotify' && secret === null) {
    throw wrong('secret', 'enter the token again, because it goes with the address');
  }
  const change = {
    name,
    events: JSON.stringify([...new Set(events)]),
    enabled,
    disabledReason: enabled ? null : before.disabledReason,
    ...(address !== undefined && { address: await vault.seal(address), hint: hintOf(address) }),
    ...(secret !== undefined && { secret: secret === null ? null : await vault.seal(secret) }),
  };
  const changed = await updateHook(db, id, change, clock.now());
  if (changed) await record({ level: 'info', message: `Hook "${name}" was changed by ${actor}` });
  return changed ?? requireHook(db, id);
}

/** The secret from now on; undefined for the one that is there. A signing secret is sent nowhere, so it may stay. */
function secretAfter(wanted: Changed): string | null | undefined {
  if (wanted.kind === 'discord') return undefined;
  if (wanted.secret !== undefined || wanted.kind === 'webhook') return wanted.secret;
  return wanted.address === undefined ? undefined : null;
}

function wrong(field: string, message: string): ProblemError {
  return new ProblemError('invalid_request', `${field}: ${message}.`, { errors: [{ field, message }] });
}
