import type { ConfigField } from '../../derive/config-fields.ts';
import type { FieldValue } from '../../derive/flat-config.ts';

interface Props {
  field: ConfigField;
  value: FieldValue;
  tie: { id: string };
  onChange: (value: FieldValue) => void;
}

/** The input that suits a field. */
export function ConfigInput({ field, value, tie, onChange }: Props) {
  if (field.kind === 'choice') {
    return (
      <select
        {...tie}
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
        {...tie}
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
      {...tie}
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
