import { useId } from 'preact/hooks';

interface Props<T extends string> {
  legend: string;
  options: readonly (readonly [value: T, label: string])[];
  value: T;
  onChange: (value: T) => void;
  hideLegend?: boolean;
}

/** One of a few, all of them in sight. */
export function Segmented<T extends string>({
  legend,
  options,
  value,
  onChange,
  hideLegend = false,
}: Props<T>) {
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class={hideLegend ? 'visually-hidden' : ''}>{legend}</legend>
      <div class="segments">
        {options.map(([option, label]) => (
          <label key={option}>
            <input
              type="radio"
              name={name}
              value={option}
              checked={value === option}
              onChange={() => onChange(option)}
            />
            <span>{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
