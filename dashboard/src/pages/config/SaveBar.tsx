import { describeFailure } from '../../derive/failure.ts';
import { countOf } from '../../derive/numbers.ts';
import type { ConfigFormModel } from '../../models/ConfigFormModel.ts';
import { Notice } from '../../parts/Notice.tsx';

/** Appears with the first change, and says what saving would do. */
export function SaveBar({ model }: { model: ConfigFormModel }) {
  const unsaved = model.unsaved.value.length;
  const error = model.save.error.value;
  return (
    <div aria-live="polite">
      {unsaved > 0 && (
        <div class="save-bar">
          {Boolean(error) && <SaveFailure error={error} />}
          <span>
            {countOf(unsaved, 'field')} changed, not saved.{' '}
            {model.conflict.value && 'Somebody else saved meanwhile: choose at the top of the page.'}
          </span>
          <span class="actions">
            <button type="button" onClick={() => model.discard()}>
              Discard
            </button>
            <button
              type="submit"
              class="primary"
              disabled={model.save.busy.value || model.conflict.value !== null}
            >
              Save as a new revision
            </button>
          </span>
        </div>
      )}
    </div>
  );
}

function SaveFailure({ error }: { error: unknown }) {
  const { title, detail, fields } = describeFailure(error);
  const named = Object.entries(fields);
  return (
    <Notice tone="bad" title={title}>
      {named.length === 0 ? (
        <p>{detail}</p>
      ) : (
        <ul class="plain">
          {named.map(([field, message]) => (
            <li key={field}>
              <code>{field}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
