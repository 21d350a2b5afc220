import { useId } from 'preact/hooks';
import type { ScheduleForm } from '../../derive/schedule-request.ts';
import { ownTimeZone, timesOf } from '../../derive/schedule-text.ts';
import { Field } from '../../parts/Field.tsx';

interface Props {
  form: ScheduleForm;
  /** Mistakes by field, as the control plane names them. */
  errors: Record<string, string>;
  /** The occurrences that it would have; null while they are unknown. */
  next: readonly string[] | null;
  onChange: (change: Partial<ScheduleForm>) => void;
}

const examples = [
  ['0 3 * * *', 'every night'],
  ['0 3 * * SUN', 'every Sunday'],
  ['0 3 1 * *', 'the first of the month'],
] as const;

/** What it is called and when it comes, with the next occurrences as proof. */
export function WhenFields({ form, errors, next, onChange }: Props) {
  return (
    <section class="card">
      <h2>When</h2>
      <Field label="Name" hint="Shown as the requester of its runs." error={errors.name}>
        {(inputProps) => (
          <input
            {...inputProps}
            type="text"
            maxLength={100}
            value={form.name}
            onInput={(event) => onChange({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <div class="pair when">
        <Field
          label="Cron expression"
          hint={<Examples onChoose={(cron) => onChange({ cron })} />}
          error={errors.cron}
        >
          {(inputProps) => (
            <input
              {...inputProps}
              type="text"
              class="cron"
              autoComplete="off"
              spellcheck={false}
              value={form.cron}
              onInput={(event) => onChange({ cron: event.currentTarget.value })}
            />
          )}
        </Field>
        <TimeZone form={form} error={errors.time_zone} onChange={onChange} />
      </div>
      <Preview next={errors.cron || errors.time_zone ? null : next} timeZone={form.timeZone.trim()} />
    </section>
  );
}

function Examples({ onChoose }: { onChoose: (cron: string) => void }) {
  return (
    <>
      Minute, hour, day, month, weekday:{' '}
      {examples.map(([cron, words], index) => (
        <span key={cron}>
          {index > 0 && ', '}
          <button type="button" class="link" onClick={() => onChoose(cron)}>
            {words}
          </button>
        </span>
      ))}
    </>
  );
}

function TimeZone({
  form,
  error,
  onChange,
}: Pick<Props, 'form' | 'onChange'> & { error: string | undefined }) {
  const list = useId();
  return (
    <Field label="Time zone" hint="Daylight saving time is applied." error={error}>
      {(inputProps) => (
        <>
          <input
            {...inputProps}
            type="text"
            list={list}
            autoComplete="off"
            spellcheck={false}
            value={form.timeZone}
            onInput={(event) => onChange({ timeZone: event.currentTarget.value })}
          />
          <datalist id={list}>
            {['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

function Preview({ next, timeZone }: { next: readonly string[] | null; timeZone: string }) {
  return (
    <div class="preview" aria-live="polite">
      <p class="preview-title">Next times</p>
      {next === null ? (
        <p class="muted">–</p>
      ) : (
        <ol>
          {next.map((at) => {
            const { here, there } = timesOf(at, timeZone, ownTimeZone());
            return (
              <li key={at}>
                {here} {there && <span class="muted">({there})</span>}
              </li>
            );
          })}
        </ol>
      )}
    </div>
  );
}
