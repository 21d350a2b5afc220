import type { newHookSchema } from '@trainer/contract/hooks';
import { encodeBase64 } from 'hono/utils/encode';
import type { z } from 'zod';
import type { Deps } from '../context/deps.ts';
import { hintOf } from './hint-of.ts';
import { type HookRow, insertHook } from './store.ts';

/** Standard Webhooks asks for 24 to 64. */
const SECRET_BYTES = 32;

/** Makes a hook. A signing secret that was made here exists in the answer only, and sealed in the database. */
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
  await record({ level: 'info', message: `Hook "${name}" (${kind}) was made by ${actor}` });
  return { hook, madeSecret };
}

function newSigningSecret(): string {
  return `whsec_${encodeBase64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).buffer)}`;
}
