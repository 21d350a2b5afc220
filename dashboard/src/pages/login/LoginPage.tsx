import { useState } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { Field } from '../../parts/Field.tsx';
import { FailureNote } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';

/** Signs in with a pasted token; a one-time link has been tried before this page is seen. */
export function LoginPage() {
  const { session } = useDashboard();
  const [token, setToken] = useState('');
  const busy = session.signIn.busy.value;
  return (
    <main class="signed-out" id="main">
      <img src="/icon.svg" alt="" width="40" height="40" />
      <PageHead title="Sign in" />
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void session.signIn.go({ token: token.trim() });
        }}
      >
        <p>Open the one-time link that the control plane printed at its first start, or paste a token.</p>
        <FailureNote error={session.signIn.error.value} />
        <Field label="Token" hint="It is exchanged for a session and not kept in this browser.">
          {(inputProps) => (
            <input
              {...inputProps}
              type="password"
              autoComplete="current-password"
              required
              maxLength={200}
              value={token}
              onInput={(event) => setToken(event.currentTarget.value)}
            />
          )}
        </Field>
        <div class="actions">
          <button type="submit" class="primary" disabled={busy}>
            {busy ? 'Signing in…' : 'Sign in'}
          </button>
        </div>
      </form>
    </main>
  );
}
