import { type ConfigField, mistakeOf } from '../../derive/config-fields.ts';
import { type FieldValue, type FlatConfig, valueWords } from '../../derive/flat-config.ts';
import { Field, Tick } from '../../parts/Field.tsx';
import { ConfigInput } from './ConfigInput.tsx';

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
  const change = (next: FieldValue) => onChange(field.path, next);
  const mark = value !== saved[field.path] && <span class="mark">edited</span>;
  const hint = hintOf(field, value, defaults?.[field.path]);
  if (field.kind === 'switch') {
    const label = (
      <>
        {field.label} {mark}
      </>
    );
    return <Tick label={label} note={hint} checked={value === true} onChange={change} />;
  }
  return (
    <Field label={field.label} hint={hint} error={mistakeOf(field, value) ?? errors[field.path]} mark={mark}>
      {(tie) => <ConfigInput field={field} value={value ?? null} tie={tie} onChange={change} />}
    </Field>
  );
}

function hintOf(
  field: ConfigField,
  value: FieldValue | undefined,
  standard: FieldValue | undefined,
): string | undefined {
  if (standard === undefined || value === standard) return field.hint;
  return [field.hint, `Default: ${valueWords(standard)}`].filter(Boolean).join(' ');
}
