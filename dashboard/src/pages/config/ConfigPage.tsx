import { useModel } from '@preact/signals';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import { faceFields, generalFields, retentionFields, sourceFields } from '../../derive/config-fields.ts';
import { describeFailure } from '../../derive/failure.ts';
import { valueText } from '../../derive/flat-config.ts';
import { countOf } from '../../derive/numbers.ts';
import { listPacks } from '../../derive/packs.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { groupSources } from '../../derive/source-groups.ts';
import { ConfigFormModel, type ConflictRow } from '../../models/ConfigFormModel.ts';
import { Loaded, Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { type Column, Table } from '../../parts/Table.tsx';
import { ConfigCard } from './ConfigCard.tsx';
import { Revisions } from './Revisions.tsx';
import { YamlButtons } from './YamlButtons.tsx';

/** Every setting of a run, as revisions. */
export function ConfigPage() {
  const { connection, browser, session } = useDashboard();
  const { runners, sources } = useWorkspace();
  const model = useModel(() => new ConfigFormModel(connection, browser));
  const user = session.session.value;
  const mayEdit = user ? mayAdminister(user) : false;
  const base = model.base.value;
  const packs = listPacks(runners.online.value, String(base?.values['faces.model_pack'] ?? ''));
  const form = {
    values: model.values.value,
    saved: base?.values ?? {},
    defaults: model.defaults.value,
    errors: model.fieldErrors.value,
    disabled: !mayEdit,
    onChange: model.set,
  };
  return (
    <>
      <PageHead title="Configuration" aside={base && <span class="muted">revision {base.revision}</span>}>
        <YamlButtons model={model} mayEdit={mayEdit} />
      </PageHead>
      {!mayEdit && (
        <Notice title="Your token is read-only">
          <p>To change the configuration, sign in with a token of scope “admin”.</p>
        </Notice>
      )}
      {model.conflict.value && (
        <ConflictNotice
          {...model.conflict.value}
          onKeepOurs={model.keepOurs}
          onTakeTheirs={model.takeTheirs}
        />
      )}
      <Loaded data={base ?? undefined} error={model.error.value} what="the configuration">
        {() => (
          <form
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              void model.save.go();
            }}
          >
            <p class="muted">
              Saving creates a new revision, which the next run uses; active runs keep theirs. Values that
              equal their default follow later changes of the default.
            </p>
            <div class="cards">
              <ConfigCard
                title="Faces"
                fields={faceFields(packs.map(({ id, title }) => [id, title]))}
                {...form}
              />
              <div class="stack">
                <ConfigCard title="Retention" fields={retentionFields} {...form} />
                <ConfigCard title="Requests" fields={generalFields} {...form} />
              </div>
            </div>
            <p class="muted">
              Trust decides which faces are accepted. High: every face that passes the quality filters.
              Medium: faces that match the performer’s existing faces. Low: only faces of the dominant
              cluster.
            </p>
            {groupSources(sources.sources.value ?? []).map((group) => (
              <section key={group.kind} class="config-group">
                <h2>
                  {group.title} <span class="muted">{countOf(group.sources.length, 'source')}</span>
                </h2>
                <div class="cards">
                  {group.sources.map(({ id, title }) => (
                    <ConfigCard key={id} title={title} fields={sourceFields(id)} {...form} />
                  ))}
                </div>
              </section>
            ))}
            <SaveBar model={model} />
          </form>
        )}
      </Loaded>
      <Revisions current={model.base} mayEdit={mayEdit} onRestore={model.restore} />
    </>
  );
}

interface Props {
  revision: number;
  rows: readonly ConflictRow[];
  onKeepOurs: () => void;
  onTakeTheirs: () => void;
}

const columns: Column<ConflictRow>[] = [
  { label: 'Field', cell: ({ path }) => <code>{path}</code> },
  { label: 'Was', cell: ({ before }) => valueText(before) },
  { label: 'Theirs', cell: ({ theirs }) => valueText(theirs) },
  {
    label: 'Yours',
    cell: ({ ours }) => (ours === undefined ? <span class="muted">not changed here</span> : valueText(ours)),
  },
];

/** Somebody else saved meanwhile: shows what, and lets a person choose. */
export function ConflictNotice({ revision, rows, onKeepOurs, onTakeTheirs }: Props) {
  return (
    <Notice
      tone="warn"
      title={`Another user saved revision ${revision} while you were editing`}
      actions={
        <>
          <button type="button" onClick={onKeepOurs}>
            Apply my changes to the new revision
          </button>
          <button type="button" onClick={onTakeTheirs}>
            Discard my changes
          </button>
        </>
      }
    >
      <Table
        caption="What the other revision changed"
        columns={columns}
        rows={rows}
        keyOf={({ path }) => path}
      />
    </Notice>
  );
}

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
            {model.conflict.value &&
              'Another user saved meanwhile: resolve the conflict at the top of the page.'}
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
