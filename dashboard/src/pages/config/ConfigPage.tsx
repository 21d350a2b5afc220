import { useModel } from '@preact/signals';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import { faceFields, generalFields, retentionFields, sourceFields } from '../../derive/config-fields.ts';
import { countOf } from '../../derive/numbers.ts';
import { listPacks } from '../../derive/packs.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { groupSources } from '../../derive/source-groups.ts';
import { ConfigFormModel } from '../../models/ConfigFormModel.ts';
import { Loaded } from '../../parts/Loaded.tsx';
import { Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { ConfigCard } from './ConfigCard.tsx';
import { ConflictNotice } from './ConflictNotice.tsx';
import { Revisions } from './Revisions.tsx';
import { SaveBar } from './SaveBar.tsx';
import { YamlButtons } from './YamlButtons.tsx';

/** Every setting of a run, as revisions. */
export function ConfigPage() {
  const { connection, browser, session } = useDashboard();
  const { runners, sources } = useWorkspace();
  const model = useModel(() => new ConfigFormModel(connection, browser));
  const who = session.session.value;
  const mayEdit = who ? mayAdminister(who) : false;
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
        <Notice title="Your token may only look">
          <p>To change the configuration, sign in with a token of scope “admin”.</p>
        </Notice>
      )}
      {model.conflict.value && (
        <ConflictNotice
          {...model.conflict.value}
          onKeepMine={model.keepMine}
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
              A change makes a new revision and is used by the next run; runs under way keep theirs. What
              equals its default goes on following the default.
            </p>
            <div class="cards">
              <ConfigCard
                title="Faces"
                fields={faceFields(packs.map(({ id, title }) => [id, title]))}
                {...form}
              />
              <div class="stack">
                <ConfigCard title="Retention" fields={retentionFields} {...form} />
                <ConfigCard title="Manners" fields={generalFields} {...form} />
              </div>
            </div>
            <p class="muted">
              Trust says which faces are taken: high takes every one that passes the quality filters, medium
              those that match faces the performer has, low only those of a dominant cluster that agrees.
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
