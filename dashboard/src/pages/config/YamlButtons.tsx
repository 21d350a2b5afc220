import { useRef } from 'preact/hooks';
import { describeFailure } from '../../derive/failure.ts';
import type { ConfigFormModel } from '../../models/ConfigFormModel.ts';
import { Dialog } from '../../parts/Dialog.tsx';

interface Props {
  model: ConfigFormModel;
  mayEdit: boolean;
}

/** The configuration as a file: out, and back in as a new revision. */
export function YamlButtons({ model, mayEdit }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined) => {
    if (file) await model.importYaml.go(await file.text());
    // The same file may be chosen again after it was mended.
    if (input.current) input.current.value = '';
  };
  return (
    <>
      <a class="button" href="/api/config.yaml" download="config.yaml">
        Export YAML
      </a>
      {mayEdit && (
        <button type="button" disabled={model.importYaml.busy.value} onClick={() => input.current?.click()}>
          Import YAML…
        </button>
      )}
      <input
        ref={input}
        type="file"
        hidden
        aria-label="YAML file to import"
        accept=".yaml,.yml,application/yaml"
        onChange={(event) => void take(event.currentTarget.files?.[0])}
      />
      {Boolean(model.importYaml.error.value) && (
        <ImportFailure error={model.importYaml.error.value} onClose={model.importYaml.clearError} />
      )}
    </>
  );
}

function ImportFailure({ error, onClose }: { error: unknown; onClose: () => void }) {
  const { detail, fields } = describeFailure(error);
  const named = Object.entries(fields);
  return (
    <Dialog title="The file was not imported" onClose={onClose}>
      {named.length === 0 && <p>{detail}</p>}
      <ul class="plain">
        {named.map(([field, message]) => (
          <li key={field}>
            <code>{field}</code> {message}
          </li>
        ))}
      </ul>
      <p>Nothing was changed. Correct the file and import it again.</p>
      <div class="actions">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
