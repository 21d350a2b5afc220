import type { NewExclusion } from '@trainer/contract/exclusions';
import type { SourceView } from '@trainer/contract/leases';
import { useState } from 'preact/hooks';
import { emptyExclusionForm, exclusionRequest } from '../../derive/exclusion-request.ts';
import { describeFailure } from '../../derive/failure.ts';
import { Field } from '../../parts/Field.tsx';
import { FailureNote } from '../../parts/Notice.tsx';
import { Segmented } from '../../parts/Segmented.tsx';
import { PersonFields } from './PersonFields.tsx';

interface Props {
  stashBoxes: readonly SourceView[];
  busy: boolean;
  error: unknown;
  /** Answers something when the exclusion is in force. */
  onAdd: (exclusion: NewExclusion) => Promise<unknown>;
  /** What was refused may be right now. */
  onChange: () => void;
}

const kinds = [
  ['stash_box_id', 'Id'],
  ['url', 'Address'],
  ['name', 'Name'],
  ['face', 'Face'],
] as const;

/** Keeps a person out of every version. */
export function NewExclusionForm({ stashBoxes, busy, error, onAdd, onChange }: Props) {
  const [form, setForm] = useState(emptyExclusionForm);
  const fields = error ? describeFailure(error).fields : {};
  const set = (change: Partial<typeof form>) => {
    setForm({ ...form, ...change });
    onChange();
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = exclusionRequest(form);
    if (body && (await onAdd(body))) setForm({ ...emptyExclusionForm, kind: form.kind });
  };
  return (
    <form class="card exclusion-form" onSubmit={(event) => void submit(event)}>
      <h2>Exclude a person</h2>
      <p>
        Their data is no longer fetched or published, and their data in the catalog is deleted permanently.
      </p>
      <Segmented legend="Identify by" options={kinds} value={form.kind} onChange={(kind) => set({ kind })} />
      {Object.keys(fields).length === 0 && <FailureNote error={error} />}
      {form.kind === 'face' ? (
        <ByFace />
      ) : (
        <>
          <PersonFields form={form} fields={fields} stashBoxes={stashBoxes} onChange={set} />
          <Field
            label="Note (optional)"
            hint="Why, and who asked. Only admins and runners see it."
            error={fields.note}
          >
            {(inputProps) => (
              <input
                {...inputProps}
                type="text"
                maxLength={1_000}
                value={form.note}
                onInput={(event) => set({ note: event.currentTarget.value })}
              />
            )}
          </Field>
          <div class="actions start">
            <button type="submit" class="primary" disabled={busy}>
              Exclude
            </button>
          </div>
        </>
      )}
    </form>
  );
}

/** A face is excluded on the runner: a photo of somebody who wants to be left alone is not sent anywhere. */
function ByFace() {
  return (
    <div class="stack by-face">
      <p>
        Exclude by face on the runner’s machine, because the photo must not leave it. Run this in the
        project’s folder or inside the runner’s container:
      </p>
      <code class="command">npm run runner -- exclusions add --photo photo.jpg</code>
      <p class="hint">
        The photo is not kept. The face’s embedding stays in the runner’s catalog and is sent nowhere; the
        list below shows a fingerprint.
      </p>
    </div>
  );
}
