import { useModel } from '@preact/signals';
import type { Schedule } from '@trainer/contract/schedules';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import type { SchedulesModel } from '../../models/lists.ts';
import { ScheduleFormModel } from '../../models/ScheduleFormModel.ts';
import { Checkbox } from '../../parts/Field.tsx';
import { FailureNote, Notice } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Segmented } from '../../parts/Segmented.tsx';
import { BuildOptions } from '../build/BuildOptions.tsx';
import { SourcePicker } from '../build/SourcePicker.tsx';
import { WhenFields } from './WhenFields.tsx';

interface Props {
  schedules: SchedulesModel;
  /** Null for a new one. */
  schedule: Schedule | null;
  onClose: () => void;
}

const sourcesFrom = [
  ['configuration', 'From the configuration'],
  ['here', 'Selected here'],
] as const;

const missed = [
  ['skip', 'Skip it'],
  ['run_once', 'Run once afterwards'],
] as const;

/** Makes or changes a schedule: when, and what its runs do. */
export function ScheduleEditor({ schedules, schedule, onClose }: Props) {
  const { connection, browser } = useDashboard();
  const { sources } = useWorkspace();
  const model = useModel(() => new ScheduleFormModel(connection, browser, schedules, schedule));
  const form = model.form.value;
  const errors = model.fieldErrors.value;
  const submit = async (event: Event) => {
    event.preventDefault();
    if (await model.submit()) onClose();
  };
  return (
    <>
      <PageHead title={schedule ? schedule.name : 'New schedule'} />
      <form class="build" onSubmit={(event) => void submit(event)} noValidate>
        <div class="stack">
          <WhenFields form={form} errors={errors} next={model.next.value} onChange={model.set} />
          <section class="card">
            <h2>Sources</h2>
            <Segmented
              legend="Sources"
              hideLegend
              options={sourcesFrom}
              value={form.sourcesFrom}
              onChange={(value) => model.set({ sourcesFrom: value })}
            />
            {form.sourcesFrom === 'configuration' && (
              <p class="hint">
                Each run uses the sources that the <a href="/config">configuration</a> enables when it starts.
              </p>
            )}
          </section>
          {form.sourcesFrom === 'here' && (
            <SourcePicker
              sources={sources.sources.value ?? []}
              picked={form.build.sources}
              error={errors.sources}
              onToggle={(id, on) => model.pick([id], on)}
              onToggleAll={model.pick}
            />
          )}
        </div>
        <div class="build-side">
          <BuildOptions form={form.build} errors={errors} onChange={model.setBuild} />
          <section class="card submit">
            <div>
              <Segmented
                legend="Missed times"
                options={missed}
                value={form.missed}
                onChange={(value) => model.set({ missed: value })}
              />
              <p class="hint">
                {form.missed === 'skip'
                  ? 'Times while the control plane is down are skipped.'
                  : 'One run starts afterwards, however many times were missed while the control plane was down.'}
              </p>
            </div>
            <Checkbox label="Enabled" checked={form.enabled} onChange={(enabled) => model.set({ enabled })} />
            {model.isRefused.value ? (
              <Notice tone="bad" title="Some fields are invalid" />
            ) : (
              <FailureNote error={schedules.save.error.value} />
            )}
            <button type="submit" class="primary large" disabled={schedules.save.busy.value}>
              {schedule ? 'Save' : 'Create schedule'}
            </button>
            <button type="button" onClick={onClose}>
              Cancel
            </button>
          </section>
        </div>
      </form>
    </>
  );
}
