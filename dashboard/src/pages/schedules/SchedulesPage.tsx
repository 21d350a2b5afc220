import { useModel } from '@preact/signals';
import type { Schedule } from '@trainer/contract/schedules';
import { useState } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { SchedulesModel } from '../../models/lists.ts';
import { ConfirmDialog } from '../../parts/Dialog.tsx';
import { ExternalText } from '../../parts/inline.tsx';
import { EmptyState, FailureNote, Loaded } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { ScheduleEditor } from './ScheduleEditor.tsx';
import { ScheduleList } from './ScheduleList.tsx';

/** Runs that start by themselves. */
export function SchedulesPage() {
  const { connection, browser, session } = useDashboard();
  const model = useModel(() => new SchedulesModel(connection, browser));
  const [editing, setEditing] = useState<Schedule | 'new' | null>(null);
  const [confirming, setConfirming] = useState<Schedule | null>(null);
  const user = session.session.value;
  const mayChange = user ? mayAdminister(user) : false;
  if (editing) {
    return (
      <ScheduleEditor
        schedules={model}
        schedule={editing === 'new' ? null : editing}
        onClose={() => {
          setEditing(null);
          model.save.clearError();
        }}
      />
    );
  }
  const close = () => {
    setConfirming(null);
    model.remove.clearError();
  };
  const remove = async ({ id }: Schedule) => {
    if (await model.remove.go(id)) close();
  };
  const create = (
    <button type="button" class="primary" onClick={() => setEditing('new')}>
      New schedule
    </button>
  );
  return (
    <>
      <PageHead title="Schedules">{mayChange && create}</PageHead>
      <FailureNote error={model.toggle.error.value} />
      <Loaded data={model.schedules.value} error={model.error.value} what="the schedules">
        {(all) =>
          all.length === 0 ? (
            <EmptyState title="No schedules.">
              A schedule starts runs at set times, for example every night.
              {!mayChange && ' To create one, sign in with a token of scope “admin”.'}
            </EmptyState>
          ) : (
            <ScheduleList
              schedules={all}
              mayChange={mayChange}
              busy={model.toggle.busy.value}
              onToggle={(schedule) => void model.toggle.go(schedule)}
              onEdit={setEditing}
              onRemove={setConfirming}
            />
          )
        }
      </Loaded>
      {confirming && (
        <ConfirmDialog
          title={
            <>
              Delete “<ExternalText>{confirming.name}</ExternalText>”?
            </>
          }
          verb="Delete it"
          cancelLabel="Keep it"
          busy={model.remove.busy.value}
          error={model.remove.error.value}
          onConfirm={() => void remove(confirming)}
          onClose={close}
        >
          <p>It starts no more runs. Runs that it has started are kept, and an active one continues.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
