import type { Schedule } from '@trainer/contract/schedules';
import { useDashboard, useWorkspace } from '../../context/context.ts';
import { outcomeTones, ownTimeZone, paramsText, timesOf } from '../../derive/schedule-text.ts';
import { ExternalText, RelativeTime } from '../../parts/inline.tsx';
import { type Column, Table } from '../../parts/Table.tsx';

interface Props {
  schedules: readonly Schedule[];
  mayChange: boolean;
  busy: boolean;
  onToggle: (schedule: Schedule) => void;
  onEdit: (schedule: Schedule) => void;
  onRemove: (schedule: Schedule) => void;
}

/** Every schedule, with when it comes next and what became of it last. */
export function ScheduleList({ schedules, mayChange, busy, onToggle, onEdit, onRemove }: Props) {
  const { sources } = useWorkspace();
  const { clock } = useDashboard();
  const titleOf = sources.titleOf.value;
  const now = clock.now.value;
  const columns: Column<Schedule>[] = [
    {
      label: 'Schedule',
      cell: (each) => (
        <div class="schedule-name">
          <ExternalText>{each.name}</ExternalText>
          <p class="muted">{paramsText(each.params, titleOf)}</p>
        </div>
      ),
    },
    { label: 'Time', cell: (each) => <When schedule={each} /> },
    { label: 'Next', cell: (each) => <Next schedule={each} now={now} /> },
    { label: 'Last', cell: (each) => <Last last={each.last} now={now} />, wide: true },
    {
      label: 'On',
      cell: (each) => (
        <input
          type="checkbox"
          aria-label={`${each.name} is on`}
          checked={each.enabled}
          disabled={!mayChange || busy}
          onChange={() => onToggle(each)}
        />
      ),
    },
    ...(mayChange ? [{ label: 'Change', cell: changeCell }] : []),
  ];
  function changeCell(each: Schedule) {
    return (
      <span class="schedule-actions">
        <button type="button" class="small" aria-label={`Edit ${each.name}`} onClick={() => onEdit(each)}>
          Edit
        </button>
        <button
          type="button"
          class="small danger-quiet"
          aria-label={`Delete ${each.name}`}
          onClick={() => onRemove(each)}
        >
          Delete…
        </button>
      </span>
    );
  }
  return (
    <section class="card schedules" aria-label="Schedules">
      <Table caption="Schedules, oldest first" columns={columns} rows={schedules} keyOf={({ id }) => id} />
    </section>
  );
}

function When({ schedule: { cron, time_zone } }: { schedule: Schedule }) {
  return (
    <div>
      <code>{cron}</code>
      <p class="muted">{time_zone}</p>
    </div>
  );
}

function Next({ schedule, now }: { schedule: Schedule; now: number }) {
  const [next] = schedule.next;
  if (!schedule.enabled) return <span class="muted">off</span>;
  if (!next) return <>–</>;
  const { here, there } = timesOf(next, schedule.time_zone, ownTimeZone());
  return (
    <div>
      {here}
      {there && <p class="muted">{there}</p>}
      <p class="muted">
        <RelativeTime at={next} now={now} />
      </p>
    </div>
  );
}

function Last({ last, now }: { last: Schedule['last']; now: number }) {
  if (!last) return <span class="muted">never</span>;
  return (
    <div>
      <span class={`dot tone-${outcomeTones[last.outcome]}`}>
        {last.run_id === null ? last.words : <a href={`/runs/${last.run_id}`}>{last.words}</a>}
      </span>
      <p class="muted">
        <RelativeTime at={last.at} now={now} />
      </p>
    </div>
  );
}
