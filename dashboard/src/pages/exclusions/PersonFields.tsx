import type { SourceView } from '@trainer/contract/leases';
import type { ExclusionForm } from '../../derive/exclusion-request.ts';
import { Field } from '../../parts/Field.tsx';

interface Props {
  form: ExclusionForm;
  /** Mistakes by field, as the control plane names them. */
  fields: Record<string, string>;
  stashBoxes: readonly SourceView[];
  onChange: (change: Partial<ExclusionForm>) => void;
}

/** What names the person, of the chosen kind. */
export function PersonFields(props: Props) {
  if (props.form.kind === 'url') return <AddressField {...props} />;
  if (props.form.kind === 'name') return <NameFields {...props} />;
  return <IdFields {...props} />;
}

function IdFields({ form, fields, stashBoxes, onChange }: Props) {
  return (
    <div class="row person">
      <Field label="Stash-box" error={fields['value.endpoint']}>
        {(inputProps) => (
          <select
            {...inputProps}
            value={form.endpoint}
            onChange={({ currentTarget: { value } }) =>
              onChange({ endpoint: stashBoxes.find(({ id }) => id === value)?.id ?? form.endpoint })
            }
          >
            {stashBoxes.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label="Performer"
        hint="The id, or the address of the performer’s page. Ids merged into it are excluded too."
        error={fields['value.id']}
      >
        {(inputProps) => (
          <input
            {...inputProps}
            type="text"
            required
            autoComplete="off"
            value={form.id}
            onInput={(event) => onChange({ id: event.currentTarget.value })}
          />
        )}
      </Field>
    </div>
  );
}

function AddressField({ form, fields, onChange }: Props) {
  return (
    <Field label="Address" hint="A page about the person, on any site." error={fields['value.url']}>
      {(inputProps) => (
        <input
          {...inputProps}
          type="url"
          required
          maxLength={2_000}
          placeholder="https://"
          value={form.url}
          onInput={(event) => onChange({ url: event.currentTarget.value })}
        />
      )}
    </Field>
  );
}

function NameFields({ form, fields, onChange }: Props) {
  return (
    <div class="row person name">
      <Field
        label="Name or alias"
        hint="Excludes every person with this name born in that year."
        error={fields['value.name']}
      >
        {(inputProps) => (
          <input
            {...inputProps}
            type="text"
            required
            maxLength={200}
            autoComplete="off"
            value={form.name}
            onInput={(event) => onChange({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Year of birth" error={fields['value.birth_year']}>
        {(inputProps) => (
          <input
            {...inputProps}
            type="number"
            required
            min={1850}
            max={2100}
            value={form.birthYear}
            onInput={(event) => onChange({ birthYear: event.currentTarget.value })}
          />
        )}
      </Field>
    </div>
  );
}
