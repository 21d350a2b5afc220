import { useModel } from '@preact/signals';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import type { BuildForm } from '../../derive/build-request.ts';
import { listPacks, type PackChoice } from '../../derive/packs.ts';
import { ConfiguredPackModel } from '../../models/BuildFormModel.ts';
import { Checkbox, Field } from '../../parts/Field.tsx';
import { Segmented } from '../../parts/Segmented.tsx';

interface Props {
  form: BuildForm;
  errors: Record<string, string>;
  onChange: (change: Partial<BuildForm>) => void;
}

const modes = [
  ['url', 'By known url'],
  ['name', 'By name'],
] as const;

/** How the run shall go about it. */
export function BuildOptions({ form, errors, onChange }: Props) {
  return (
    <section class="card options">
      <h2>Options</h2>
      <Checkbox
        label="Find faces"
        note="If off, only performers and their metadata are updated."
        checked={form.enableFaces}
        onChange={(enableFaces) => onChange({ enableFaces })}
      />
      {form.enableFaces && <FaceCaps form={form} errors={errors} onChange={onChange} />}
      <div>
        <Segmented
          legend="Reference sites find performers"
          options={modes}
          value={form.referenceMode}
          onChange={(referenceMode) => onChange({ referenceMode })}
        />
        <p class="hint">
          {form.referenceMode === 'url'
            ? 'Uses only pages that a stash-box links to: finds fewer faces, with very few errors.'
            : 'Also derives page addresses from names: finds more faces, with more errors.'}
        </p>
      </div>
      <Checkbox
        label="Full rescan"
        note="Reads every source completely instead of only what changed. This takes long."
        checked={form.full}
        onChange={(full) => onChange({ full })}
      />
    </section>
  );
}

function FaceCaps({ form, errors, onChange }: Props) {
  return (
    <>
      <div class="pair">
        <Field label="Faces per source" error={errors.max_faces_per_source}>
          {(inputProps) => (
            <input
              {...inputProps}
              type="number"
              min={1}
              max={100}
              value={form.maxFacesPerSource}
              onInput={(event) => onChange({ maxFacesPerSource: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Faces in total" error={errors.max_faces_total}>
          {(inputProps) => (
            <input
              {...inputProps}
              type="number"
              min={1}
              max={500}
              value={form.maxFacesTotal}
              onInput={(event) => onChange({ maxFacesTotal: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      <PackField form={form} error={errors.model_pack} onChange={onChange} />
    </>
  );
}

function PackField({ form, error, onChange }: Omit<Props, 'errors'> & { error: string | undefined }) {
  const { connection, browser } = useDashboard();
  const { runners } = useWorkspace();
  const configured = useModel(() => new ConfiguredPackModel(connection, browser)).pack.value;
  const packs = listPacks(runners.online.value, configured);
  const chosen = packs.find(({ id }) => id === (form.modelPack || configured));
  return (
    <Field label="Model pack" hint={chosen && <Readiness pack={chosen} />} error={error}>
      {(inputProps) => (
        <select
          {...inputProps}
          value={form.modelPack}
          onChange={(event) => onChange({ modelPack: event.currentTarget.value })}
        >
          <option value="">as configured{configured ? `: ${configured}` : ''}</option>
          {packs.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Readiness({ pack }: { pack: PackChoice }) {
  return (
    <span class={pack.ready ? 'ink-good' : 'ink-warn'}>
      {pack.ready ? pack.note : `Not ready: ${pack.note}`}
    </span>
  );
}
