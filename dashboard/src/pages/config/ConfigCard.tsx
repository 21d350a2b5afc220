import { type ConfigField, validateField } from '../../derive/config-fields.ts';
import { type FieldValue, type FlatConfig, valueText } from '../../derive/flat-config.ts';
import { Checkbox, Field } from '../../parts/Field.tsx';

interface Props {
  title: string;
  fields: readonly ConfigField[];
  values: FlatConfig;
  /** As the control plane has them; what differs is not saved yet. */
  saved: FlatConfig;
  defaults: FlatConfig | null;
  errors: Record<string, string>;
  disabled: boolean;
  onChange: (path: string, value: FieldValue) => void;
}

/** A few settings that belong together; what differs from its default says so. */
export function ConfigCard({ title, fields, ...form }: Props) {
  const unsaved = fields.some(({ path }) => form.values[path] !== form.saved[path]);
  return (
    <fieldset class={`card config-card ${unsaved ? 'unsaved' : ''}`} disabled={form.disabled}>
      <legend>{title}</legend>
      {fields.map((field) => (
        <ConfigEntry key={field.path} field={field} {...form} />
      ))}
    </fieldset>
  );
}

type EntryProps = Omit<Props, 'title' | 'fields'> & { field: ConfigField };

function ConfigEntry({ field, values, saved, defaults, errors, onChange }: EntryProps) {
  const value = values[field.path];
  const standard = defaults?.[field.path];
  const isChanged = standard !== undefined && value !== standard;
  const change = (next: FieldValue) => onChange(field.path, next);
  const mark = <Mark isEdited={value !== saved[field.path]} isChanged={isChanged} />;
  const hint = isChanged
    ? [field.hint, `Default: ${valueText(standard)}`].filter(Boolean).join(' ')
    : field.hint;
  if (field.kind === 'switch') {
    const label = (
      <>
        {field.label} {mark}
      </>
    );
    return <Checkbox label={label} note={hint} checked={value === true} onChange={change} />;
  }
  return (
    <Field
      label={field.label}
      hint={hint}
      error={validateField(field, value) ?? errors[field.path]}
      mark={mark}
    >
      {(inputProps) => (
        <ConfigInput field={field} value={value ?? null} inputProps={inputProps} onChange={change} />
      )}
    </Field>
  );
}

/** Says that a value is not the default's, and whether it is saved. */
function Mark({ isEdited, isChanged }: { isEdited: boolean; isChanged: boolean }) {
  if (isEdited) return <span class="mark">edited</span>;
  return isChanged ? <span class="mark quiet">changed</span> : null;
}

interface ConfigInputProps {
  field: ConfigField;
  value: FieldValue;
  inputProps: { id: string };
  onChange: (value: FieldValue) => void;
}

/** The input that suits a field. */
function ConfigInput({ field, value, inputProps, onChange }: ConfigInputProps) {
  if (field.kind === 'choice') {
    return (
      <select
        {...inputProps}
        value={value === null ? '' : String(value)}
        onChange={({ currentTarget }) => onChange(currentTarget.value || null)}
      >
        {field.nullLabel && <option value="">{field.nullLabel}</option>}
        {field.options.map(([option, label]) => (
          <option key={option} value={option}>
            {label}
          </option>
        ))}
      </select>
    );
  }
  if (field.kind === 'number') {
    const { min, max, step, unit } = field;
    const input = (
      <input
        {...inputProps}
        type="number"
        min={min}
        max={max}
        step={step}
        value={String(value ?? '')}
        onInput={({ currentTarget }) => onChange(asNumber(currentTarget))}
      />
    );
    return unit ? (
      <span class="with-unit">
        {input} <span class="muted">{unit}</span>
      </span>
    ) : (
      input
    );
  }
  return (
    <input
      {...inputProps}
      type="text"
      value={String(value ?? '')}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** What is not a number goes out as it was typed, so that the control plane can say what is wrong with it. */
function asNumber({ value }: HTMLInputElement): FieldValue {
  const number = Number(value);
  return value.trim() === '' || Number.isNaN(number) ? value : number;
}
