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
  const standard = defaults?.[field.path];
  const isChanged = standard !== undefined && value !== standard;
  const change = (next: FieldValue) => onChange(field.path, next);
  const mark = <Mark isEdited={value !== saved[field.path]} isChanged={isChanged} />;
  const hint = isChanged
    ? [field.hint, `Default: ${valueWords(standard)}`].filter(Boolean).join(' ')
    : field.hint;
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

/** Says that a value is not the default's, and whether it is saved. */
function Mark({ isEdited, isChanged }: { isEdited: boolean; isChanged: boolean }) {
  if (isEdited) return <span class="mark">edited</span>;
  return isChanged ? <span class="mark quiet">changed</span> : null;
}
