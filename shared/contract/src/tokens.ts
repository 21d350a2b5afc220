import { z } from 'zod';
import { text, time } from './primitives.ts';
import { openName } from './tolerance.ts';

/** What a token may do. Each scope names the scopes of routes that it opens. */
export const scopes = {
  read: { opens: ['read'], gloss: 'looks at everything but tokens, hooks and exclusions' },
  trigger: { opens: ['read', 'trigger'], gloss: 'also starts and stops runs' },
  runner: { opens: ['read', 'runner'], gloss: 'takes leases and uploads versions' },
  admin: { opens: ['read', 'trigger', 'runner', 'admin'], gloss: 'may do everything' },
} as const satisfies Record<string, { opens: string[]; gloss: string }>;
export type Scope = keyof typeof scopes;

/** Whether a token of scope `held` opens a route that wants `wanted`. */
export function allows(held: Scope, wanted: Scope): boolean {
  const opens: readonly Scope[] = scopes[held].opens;
  return opens.includes(wanted);
}

const scope = z.enum(['read', 'trigger', 'runner', 'admin']);

export const newTokenSchema = z.object({
  name: text(100).min(1),
  scope,
  /** Without it the token lives until it is revoked. */
  expires_at: time.nullable().default(null),
});

export const tokenViewSchema = z.object({
  id: z.int(),
  name: z.string(),
  scope: openName<Scope>(['read', 'trigger', 'runner', 'admin']),
  /** The first characters, to tell tokens apart. */
  hint: z.string(),
  created_at: time,
  expires_at: time.nullable(),
  last_used_at: time.nullable(),
  revoked_at: time.nullable(),
});
export type TokenView = z.infer<typeof tokenViewSchema>;

/** The only answer that holds the token itself. */
export const createdTokenSchema = tokenViewSchema.extend({ token: z.string() });

/** A one-time code from the link that the control plane printed, or a token. */
export const newSessionSchema = z.union([
  z.object({ code: z.string().min(1).max(200) }),
  z.object({ token: z.string().min(1).max(200) }),
]);

export const sessionSchema = z.object({
  name: z.string(),
  scope: openName<Scope>(['read', 'trigger', 'runner', 'admin']),
  expires_at: time.nullable(),
});
export type SessionView = z.infer<typeof sessionSchema>;
