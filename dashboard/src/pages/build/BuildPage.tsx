import { useModel } from '@preact/signals';
import { useLocation } from 'preact-iso';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import { describeFailure } from '../../derive/failure.ts';
import { countOf } from '../../derive/numbers.ts';
import { mayTrigger } from '../../derive/permissions.ts';
import { BuildFormModel } from '../../models/BuildFormModel.ts';
import { Checkbox } from '../../parts/Field.tsx';
import { FailureNote, Loaded, Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { NoRunner } from '../dashboard/RunnerList.tsx';
import { BuildOptions } from './BuildOptions.tsx';
import { SourcePicker } from './SourcePicker.tsx';

/** The form that asks for a run. */
export function BuildPage() {
  const { session } = useDashboard();
  const { runs, runners, sources } = useWorkspace();
  const model = useModel(() => new BuildFormModel(runs, sources));
  const { route } = useLocation();
  const user = session.session.value;
  if (user && !mayTrigger(user)) return <NotAllowed />;

  const submit = async (event: Event) => {
    event.preventDefault();
    const run = await model.submit();
    if (run !== undefined) route(`/runs/${run}`);
  };
  const active = runs.active.value;
  return (
    <>
      <PageHead title="Build" />
      {runners.runners.value && runners.online.value.length === 0 && <NoRunner isRunWaiting={false} />}
      <Loaded data={sources.sources.value} error={sources.error.value} what="the sources">
        {(all) => (
          <form class="build" onSubmit={(event) => void submit(event)} noValidate>
            <SourcePicker
              sources={all}
              picked={model.form.value.sources}
              error={model.fieldErrors.value.sources}
              onToggle={model.toggle}
              onToggleAll={model.toggleAll}
            />
            <div class="build-side">
              <BuildOptions form={model.form.value} errors={model.fieldErrors.value} onChange={model.set} />
              <section class="card submit">
                {active && (
                  <Checkbox
                    label={`Wait for run ${active.id}`}
                    note={`Run ${active.id} is ${active.status}. Only one run is active at a time.`}
                    checked={model.form.value.queue}
                    onChange={(queue) => model.set({ queue })}
                  />
                )}
                <SubmitFailure error={runs.start.error.value} />
                <button type="submit" class="primary large" disabled={runs.start.busy.value}>
                  {active ? 'Queue the run' : 'Start the run'}
                </button>
                <p class="hint" aria-live="polite">
                  {countOf(model.form.value.sources.length, 'source')} selected
                  {unavailableText(all, model.form.value.sources)}.
                </p>
              </section>
            </div>
          </form>
        )}
      </Loaded>
    </>
  );
}

function unavailableText(
  all: readonly { id: string; available: boolean }[],
  picked: readonly string[],
): string {
  const skipped = all.filter(({ id, available }) => !available && picked.includes(id)).length;
  return skipped === 0 ? '' : `; ${skipped} of them are unavailable now and will be skipped`;
}

/** What was refused as a whole; wrong fields say it themselves. */
function SubmitFailure({ error }: { error: unknown }) {
  if (!error) return null;
  const { fields } = describeFailure(error);
  return Object.keys(fields).length > 0 ? (
    <Notice tone="bad" title="Some fields are invalid">
      <p>
        {Object.entries(fields)
          .map(([field, message]) => `${field}: ${message}`)
          .join('; ')}
      </p>
    </Notice>
  ) : (
    <FailureNote error={error} />
  );
}

function NotAllowed() {
  return (
    <>
      <PageHead title="Build" />
      <Notice title="Your token is read-only">
        <p>To start runs, sign in with a token of scope “trigger” or “admin”.</p>
      </Notice>
    </>
  );
}
