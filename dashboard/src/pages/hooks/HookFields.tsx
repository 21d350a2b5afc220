import { type HookEvent, hookEventNames, hookEvents } from '@trainer/contract/hook-events';
import type { Hook } from '@trainer/contract/hooks';
import { hookPresets } from '../../derive/hook-presets.ts';
import { type HookForm, withEvent } from '../../derive/hook-request.ts';
import { Checkbox, Field } from '../../parts/Field.tsx';

interface Props {
  form: HookForm;
  /** The one that is changed; null for a new one. */
  hook: Hook | null;
  /** Mistakes by field, as the control plane names them. */
  fields: Record<string, string>;
  onChange: (change: Partial<HookForm>) => void;
}

/** Name, address and secret, in the words of the kind. */
export function HookFields({ form, hook, fields, onChange }: Props) {
  const { address, secret } = hookPresets[form.kind];
  return (
    <div class="row hook-fields">
      <Field label="Name" hint="Shown in this list." error={fields.name}>
        {(inputProps) => (
          <input
            {...inputProps}
            type="text"
            required
            maxLength={100}
            value={form.name}
            onInput={(event) => onChange({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field
        label={address.label}
        hint={hook ? `Leave empty to keep ${hook.hint}.` : 'Stored encrypted, and not shown again.'}
        error={fields.address}
      >
        {(inputProps) => (
          <input
            {...inputProps}
            type="url"
            required={!hook}
            maxLength={2_000}
            autoComplete="off"
            placeholder={address.placeholder}
            value={form.address}
            onInput={(event) => onChange({ address: event.currentTarget.value })}
          />
        )}
      </Field>
      {secret && (
        <Field label={secret.label} hint={hook ? keptSecret(hook, form) : secret.hint} error={fields.secret}>
          {(inputProps) => (
            <input
              {...inputProps}
              type="password"
              required={!hook && secret.isRequired}
              maxLength={500}
              autoComplete="off"
              value={form.secret}
              onInput={(event) => onChange({ secret: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
    </div>
  );
}

/** A token goes only to the address that it was entered with. */
function keptSecret({ kind, has_secret }: Hook, { address }: HookForm): string {
  if (!has_secret) return 'None is set.';
  if (kind === 'webhook' || address.trim() === '') return 'Leave empty to keep the current one.';
  return 'Required again for a new address.';
}

interface EventTicksProps {
  events: readonly HookEvent[];
  error: string | undefined;
  onChange: (events: HookEvent[]) => void;
}

/** What the hook is told of. */
export function EventCheckboxes({ events, error, onChange }: EventTicksProps) {
  return (
    <fieldset class="event-checkboxes">
      <legend>Events</legend>
      <div class="source-grid">
        {hookEventNames.map((event) => (
          <div key={event}>
            <Checkbox
              label={hookEvents[event].label}
              note={hookEvents[event].gloss}
              checked={events.includes(event)}
              onChange={(isOn) => onChange(withEvent(events, event, isOn))}
            />
          </div>
        ))}
      </div>
      {error && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
