import type { SessionView } from '@trainer/contract/tokens';

/** Whether this session may start and stop runs. */
export function mayTrigger(session: Pick<SessionView, 'scope'>): boolean {
  return session.scope === 'trigger' || session.scope === 'admin';
}

/** Whether this session may change the configuration, and see and make tokens. */
export function mayAdminister(session: Pick<SessionView, 'scope'>): boolean {
  return session.scope === 'admin';
}
