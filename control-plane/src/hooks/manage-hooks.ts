import type { changedHookSchema, HookTest, newHookSchema } from '@trainer/contract/hooks';
import { encodeBase64 } from 'hono/utils/encode';
import type { z } from 'zod';
import type { Deps } from '../context/deps.ts';
import type { Database } from '../db/open.ts';
import { ProblemError } from '../http/problem-error.ts';
import { composeTest } from './compose-message.ts';
import { type SendNeed, sendMessage } from './send-message.ts';
import { deleteHook, findHook, type HookRow, insertHook, updateHook } from './store.ts';

/** Standard Webhooks asks for 24 to 64. */
const SECRET_BYTES = 32;

/** Creates a hook. A signing secret that is generated here is returned once and stored encrypted. */
export async function createHook(
  { db, clock, vault, record }: Pick<Deps, 'db' | 'clock' | 'vault' | 'record'>,
  wanted: z.output<typeof newHookSchema>,
  actor: string,
): Promise<{ hook: HookRow; madeSecret: string | null }> {
  const { name, kind, address, events, enabled } = wanted;
  const given = 'secret' in wanted ? (wanted.secret ?? null) : null;
  const madeSecret = kind === 'webhook' && given === null ? newSigningSecret() : null;
  const secret = given ?? madeSecret;
  const hook = await insertHook(db, {
    name,
    kind,
    address: await vault.seal(address),
    secret: secret === null ? null : await vault.seal(secret),
    hint: hintOf(address),
    events: JSON.stringify([...new Set(events)]),
    enabled,
    disabledReason: null,
    createdAt: clock.now(),
  });
  await record({ level: 'info', message: `Hook "${name}" (${kind}) was created by ${actor}` });
  return { hook, madeSecret };
}

function newSigningSecret(): string {
  return `whsec_${encodeBase64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).buffer)}`;
}

type Changed = z.output<typeof changedHookSchema>;

/**
 * Changes a hook. A token is bound to the address that it was entered with: a new address without a token
 * removes it, so that changing the address cannot disclose the token.
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
    throw wrong('kind', `is ${before.kind} and stays so; create another hook for ${wanted.kind}`);
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

/** The new secret; undefined keeps the stored one. A signing secret is never sent, so it may stay with a new address. */
function secretAfter(wanted: Changed): string | null | undefined {
  if (wanted.kind === 'discord') return undefined;
  if (wanted.secret !== undefined || wanted.kind === 'webhook') return wanted.secret;
  return wanted.address === undefined ? undefined : null;
}

function wrong(field: string, message: string): ProblemError {
  return new ProblemError('invalid_request', `${field}: ${message}.`, { errors: [{ field, message }] });
}

/** Shorter path segments are not shown: four characters would be most of the secret. */
const LONG_ENOUGH = 16;

/**
 * The visible part of an address: its host, and the last four characters of a long path. The query is never shown, because it may
 * contain a secret.
 */
function hintOf(address: string): string {
  const { host, pathname, search } = new URL(address);
  if (pathname === '/' && search === '') return host;
  const last = pathname.replace(/\/$/, '').split('/').at(-1) ?? '';
  return last.length < LONG_ENOUGH ? `${host}/…` : `${host}/…${last.slice(-4)}`;
}

/**
 * Removes a hook with its deliveries.
 *
 * @throws {ProblemError} `not_found`
 */
export async function removeHook(
  { db, record }: Pick<Deps, 'db' | 'record'>,
  id: number,
  actor: string,
): Promise<void> {
  const { name } = await requireHook(db, id);
  await deleteHook(db, id);
  await record({ level: 'info', message: `Hook "${name}" was removed by ${actor}` });
}

/** @throws {ProblemError} `not_found` */
export async function requireHook(db: Database, id: number): Promise<HookRow> {
  const hook = await findHook(db, id);
  if (!hook) throw new ProblemError('not_found', `There is no hook ${id}.`);
  return hook;
}

/**
 * Sends a test message now, also to a hook that is turned off, and answers with what the receiver said.
 *
 * @throws {ProblemError} `not_found`
 */
export async function testHook(
  need: SendNeed & Pick<Deps, 'db' | 'publicUrl'>,
  id: number,
): Promise<HookTest> {
  const hook = await requireHook(need.db, id);
  const begun = need.clock.now();
  const { ok, said, excerpt } = await sendMessage(need, hook, composeTest(hook.name, begun, need.publicUrl));
  const isSilent = ok || excerpt === '';
  return { ok, said: isSilent ? said : `${said}. It says: ${excerpt}`, took_ms: need.clock.now() - begun };
}
