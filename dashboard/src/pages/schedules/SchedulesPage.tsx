import { useModel } from '@preact/signals';
import type { Schedule } from '@trainer/contract/schedules';
import { useState } from 'preact/hooks';
import { useDashboard } from '../../context/context.ts';
import { mayAdminister } from '../../derive/permissions.ts';
import { SchedulesModel } from '../../models/lists.ts';
import { ConfirmDialog } from '../../parts/Dialog.tsx';
import { Name } from '../../parts/inline.tsx';
import { EmptyState, FailureNote, Loaded } from '../../parts/Notice.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { ScheduleEditor } from './ScheduleEditor.tsx';
import { ScheduleList } from './ScheduleList.tsx';

/** Runs that start by themselves. */
export function SchedulesPage() {
  const { connection, browser, session } = useDashboard();
  const model = useModel(() => new SchedulesModel(connection, browser));
  const [editing, setEditing] = useState<Schedule | 'new' | null>(null);
  const [leaving, setLeaving] = useState<Schedule | null>(null);
  const who = session.session.value;
  const mayChange = who ? mayAdminister(who) : false;
  if (editing) {
    return (
      <ScheduleEditor
        schedules={model}
        schedule={editing === 'new' ? null : editing}
        onClose={() => {
          setEditing(null);
          model.save.forgive();
        }}
      />
    );
  }
  const close = () => {
    setLeaving(null);
    model.remove.forgive();
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
            <EmptyState title="Nothing starts by itself.">
              A schedule starts a run at set times, every night for example.
              {!mayChange && ' To make one, sign in with a token of scope “admin”.'}
            </EmptyState>
          ) : (
            <ScheduleList
              schedules={all}
              mayChange={mayChange}
              busy={model.toggle.busy.value}
              onToggle={(schedule) => void model.toggle.go(schedule)}
              onEdit={setEditing}
              onRemove={setLeaving}
            />
          )
        }
      </Loaded>
      {leaving && (
        <ConfirmDialog
          title={
            <>
              Delete “<Name>{leaving.name}</Name>”?
            </>
          }
          verb="Delete it"
          refusal="Keep it"
          busy={model.remove.busy.value}
          error={model.remove.error.value}
          onConfirm={() => void remove(leaving)}
          onClose={close}
        >
          <p>It starts no more runs. Those that it has started stay, and one that is active goes on.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
