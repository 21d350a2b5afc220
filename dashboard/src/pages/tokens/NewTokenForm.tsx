import type { RequestOf } from '@trainer/contract/routes';
import type { Scope } from '@trainer/contract/tokens';
import { useState } from 'preact/hooks';
import { describeFailure } from '../../derive/failure.ts';
import { Field } from '../../parts/Field.tsx';
import { FailureNote } from '../../parts/Notice.tsx';

type NewToken = RequestOf<'POST /api/tokens'>['body'];

interface Props {
  busy: boolean;
  error: unknown;
  now: number;
  /** Answers something when the token was made. */
  onCreate: (token: NewToken) => Promise<unknown>;
}

const scopes = [
  ['runner', 'runner: processes tasks and uploads versions'],
  ['read', 'read: reads everything but tokens, hooks and exclusions'],
  ['trigger', 'trigger: also starts and stops runs'],
  ['admin', 'admin: everything'],
] as const satisfies [Scope, string][];

const lives = [
  [0, 'never'],
  [30, 'in 30 days'],
  [90, 'in 90 days'],
  [365, 'in a year'],
] as const;

/** Makes a token. */
export function NewTokenForm({ busy, error, now, onCreate }: Props) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>('runner');
  const [days, setDays] = useState(0);
  const fields = error ? describeFailure(error).fields : {};
  const submit = async (event: Event) => {
    event.preventDefault();
    const expires_at = days === 0 ? null : new Date(now + days * 86_400_000).toISOString();
    if (await onCreate({ name: name.trim(), scope, expires_at })) setName('');
  };
  return (
    <form class="card new-token" onSubmit={(event) => void submit(event)}>
      <h2>New token</h2>
      {Object.keys(fields).length === 0 && <FailureNote error={error} />}
      <div class="row">
        <Field label="Name" hint="Who or what will use it." error={fields.name}>
          {(inputProps) => (
            <input
              {...inputProps}
              type="text"
              required
              maxLength={100}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Scope" error={fields.scope}>
          {(inputProps) => (
            <select
              {...inputProps}
              value={scope}
              onChange={({ currentTarget: { value } }) =>
                setScope(scopes.find(([each]) => each === value)?.[0] ?? scope)
              }
            >
              {scopes.map(([each, label]) => (
                <option key={each} value={each}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Expires" error={fields.expires_at}>
          {(inputProps) => (
            <select
              {...inputProps}
              value={String(days)}
              onChange={(event) => setDays(Number(event.currentTarget.value))}
            >
              {lives.map(([each, label]) => (
                <option key={each} value={String(each)}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <button type="submit" class="primary" disabled={busy}>
          Create token
        </button>
      </div>
    </form>
  );
}
