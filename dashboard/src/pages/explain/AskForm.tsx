import { useState } from 'preact/hooks';
import { Field } from '../../parts/Field.tsx';

interface Props {
  given: string;
  busy: boolean;
  onAsk: (about: string) => void;
}

/** Asks about one performer. */
export function AskForm({ given, busy, onAsk }: Props) {
  const [about, setAbout] = useState(given);
  const submit = (event: Event) => {
    event.preventDefault();
    if (about.trim()) onAsk(about.trim());
  };
  return (
    <form class="card" onSubmit={submit}>
      <div class="row ask">
        <Field
          label="Id or name"
          hint="Such as stashdb.org:018f3a2b-…, the id alone, or a name. The answer comes from the runner and is forgotten after ten minutes."
        >
          {(tie) => (
            <input
              {...tie}
              type="search"
              required
              maxLength={200}
              autoComplete="off"
              value={about}
              onInput={(event) => setAbout(event.currentTarget.value)}
            />
          )}
        </Field>
        <button type="submit" class="primary" disabled={busy}>
          Why is this here?
        </button>
      </div>
    </form>
  );
}
