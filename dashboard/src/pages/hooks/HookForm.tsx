import type { Hook } from '@trainer/contract/hooks';
import { useState } from 'preact/hooks';
import { describeFailure } from '../../derive/failure.ts';
import { hookKindOptions, hookPresets } from '../../derive/hook-presets.ts';
import { emptyHookForm, type HookForm as Form, formOf } from '../../derive/hook-request.ts';
import { ExternalText } from '../../parts/inline.tsx';
import { FailureNote } from '../../parts/Notice.tsx';
import { Segmented } from '../../parts/Segmented.tsx';
import { EventCheckboxes, HookFields } from './HookFields.tsx';

interface Props {
  title: string;
  verb: string;
  /** The one that is changed; null for a new one. */
  hook: Hook | null;
  busy: boolean;
  error: unknown;
  onSubmit: (form: Form) => Promise<void>;
  /** What was refused may be right now. */
  onChange: () => void;
  onCancel: () => void;
}

/** Makes or changes a hook: its kind, where it leads, and what it is told of. */
export function HookForm({ title, verb, hook, busy, error, onSubmit, onChange, onCancel }: Props) {
  const [form, setForm] = useState(hook ? formOf(hook) : emptyHookForm);
  const fields = error ? describeFailure(error).fields : {};
  const set = (change: Partial<Form>) => {
    setForm({ ...form, ...change });
    onChange();
  };
  return (
    <form
      class="card hook-form"
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        void onSubmit(form);
      }}
    >
      <h2>
        <ExternalText>{title}</ExternalText>
      </h2>
      {!hook && (
        <Segmented
          legend="Kind"
          options={hookKindOptions}
          value={form.kind}
          onChange={(kind) => set({ kind, address: '', secret: '' })}
        />
      )}
      <p>{hookPresets[form.kind].how}</p>
      {Object.keys(fields).length === 0 && <FailureNote error={error} />}
      <HookFields form={form} hook={hook} fields={fields} onChange={set} />
      <EventCheckboxes events={form.events} error={fields.events} onChange={(events) => set({ events })} />
      <div class="actions start">
        <button type="submit" class="primary" disabled={busy}>
          {verb}
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
