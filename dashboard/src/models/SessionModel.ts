import { createModel, effect, signal, untracked } from '@preact/signals';
import { ApiProblem } from '@trainer/contract/client';
import type { RequestOf } from '@trainer/contract/routes';
import type { SessionView } from '@trainer/contract/tokens';
import type { Browser } from '../api/browser.ts';
import { createAction } from './action.ts';
import type { ConnectionModel } from './ConnectionModel.ts';
import { FAILED_MS } from './remote.ts';

type Proof = RequestOf<'POST /api/session'>['body'];

/** The session: undefined until it is known, null when signed out. A one-time `code` is tried first. */
export const SessionModel = createModel(
  (connection: ConnectionModel, browser: Browser, code: string | null) => {
    const session = signal<SessionView | null | undefined>(undefined);
    let cancelRetry = () => {};

    async function ask(): Promise<void> {
      try {
        session.value = await connection.call('GET /api/session');
      } catch (error) {
        if (error instanceof ApiProblem && error.status < 500) session.value = null;
        else cancelRetry = browser.after(FAILED_MS, () => void ask());
      }
    }
    const signIn = createAction(async (proof: Proof) => {
      session.value = await connection.call('POST /api/session', { body: proof });
      return session.value;
    });
    const signOut = createAction(async () => {
      await connection.call('DELETE /api/session');
      session.value = null;
    });

    async function begin(): Promise<void> {
      // A used sign-in link may be opened again in a browser that already has a session.
      if (code === null || (await signIn.go({ code })) === undefined) await ask();
    }

    effect(() => {
      untracked(() => void begin());
      return () => cancelRetry();
    });
    // When a session was ended elsewhere, the next request is answered with 401.
    effect(() => {
      if (connection.unauthorizedCount.value > 0 && session.peek()) session.value = null;
    });
    return { session, signIn, signOut };
  },
);
export type SessionModel = InstanceType<typeof SessionModel>;
