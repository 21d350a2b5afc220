import { entryOf } from '@trainer/contract/names';
import type { TaskView } from '@trainer/contract/runs';
import type { SourceId } from '@trainer/contract/sources';
import type { ComponentChildren } from 'preact';
import { formatBytes, formatCount } from '../derive/numbers.ts';
import { etaText, rateText } from '../derive/pace-text.ts';
import { sentence, type Tone, taskLabels, taskTones } from '../derive/run-text.ts';
import { elapsedMs, formatDuration } from '../derive/times.ts';
import { ExternalText, StateBadge } from './inline.tsx';
import { ProgressBar } from './Progress.tsx';
import { type Column, Table } from './Table.tsx';

interface Props {
  caption: string;
  tasks: readonly TaskView[];
  titleOf: (source: SourceId | null) => string;
  now: number;
  /** With what it cost: images, requests, bytes, waits. */
  detailed?: boolean;
}

/** The tasks of a run, one line per source. */
export function TaskTable({ caption, tasks, titleOf, now, detailed = false }: Props) {
  const columns: Column<TaskView>[] = [
    { label: 'Source', cell: ({ source }) => titleOf(source) },
    {
      label: 'Status',
      cell: ({ status }) => (
        <StateBadge
          tone={entryOf<Tone>(taskTones, status, 'calm')}
          label={entryOf<string>(taskLabels, status, status)}
        />
      ),
    },
    { label: 'Performers', numeric: true, cell: (task) => <Done task={task} name={titleOf(task.source)} /> },
    { label: 'Faces', numeric: true, cell: (task) => figure(task, formatCount(task.progress.faces_added)) },
    ...(detailed ? costs(now) : []),
    { label: 'Errors', numeric: true, cell: (task) => figure(task, <Errors count={task.progress.errors} />) },
  ];
  const about = { label: 'Pace or reason', cell: remark };
  const beside = detailed ? columns : [...columns, { ...about, wide: true }];
  return (
    <Table
      caption={caption}
      columns={beside}
      remark={detailed ? about : undefined}
      rows={tasks}
      keyOf={({ id }) => id}
    />
  );
}

function costs(now: number): Column<TaskView>[] {
  return [
    {
      label: 'Unchanged',
      numeric: true,
      cell: (task) => figure(task, formatCount(task.progress.performers_unchanged)),
    },
    { label: 'Images', numeric: true, cell: (task) => figure(task, formatCount(task.progress.images)) },
    { label: 'Requests', numeric: true, cell: (task) => figure(task, formatCount(task.progress.requests)) },
    { label: 'Received', numeric: true, cell: ({ progress }) => formatBytes(progress.bytes) },
    { label: 'Waited', numeric: true, cell: ({ progress }) => formatDuration(progress.waited_ms) },
    { label: 'Duration', numeric: true, cell: (task) => took(task, now) },
  ];
}

/** What has not begun has no figures, and publishing counts none. */
function figure({ status, kind }: TaskView, shown: ComponentChildren) {
  const isBlank = kind === 'publish' || status === 'waiting' || status === 'ready';
  return isBlank ? <span class="muted">–</span> : shown;
}

function took({ started_at, finished_at }: TaskView, now: number): string {
  const ms = elapsedMs(started_at, finished_at, now);
  return ms === null ? '–' : formatDuration(ms);
}

function Done({ task, name }: { task: TaskView; name: string }) {
  const { performers_processed: done, performers_total: total, activity } = task.progress;
  const isLeased = task.status === 'leased';
  if (activity && isLeased) {
    return (
      <ProgressBar thin label={`${name}: ${activity.label}`} done={activity.done} total={activity.total} />
    );
  }
  return figure(
    task,
    <div>
      {formatCount(done)}
      {total !== null && <span class="muted"> / {formatCount(total)}</span>}
      {isLeased && <ProgressBar thin label={`${name}: performers processed`} done={done} total={total} />}
    </div>,
  );
}

/** A count of errors that stands out only when there are any. */
export function Errors({ count }: { count: number }) {
  return <span class={count > 0 ? 'ink-bad' : 'muted'}>{formatCount(count)}</span>;
}

/** What goes on, or why nothing does; a task always has a reason, but only some are news. */
function remark(task: TaskView) {
  const { status, reason, actor, runner, attempts } = task;
  const again = attempts > 1 ? ` Action ${attempts}.` : '';
  if (status === 'leased') return `${goingOn(task)}${again}`;
  if (status === 'done')
    return <span class="muted">{[reason, runner && `on ${runner}`].filter(Boolean).join(' ')}</span>;
  if (status === 'waiting' || status === 'ready')
    return (
      reason && (
        <span class="muted">
          <ExternalText>{reason}</ExternalText>
        </span>
      )
    );
  return (
    <>
      <ExternalText>{reason}</ExternalText>
      {actor && (
        <span class="muted">
          {' '}
          (<ExternalText>{actor}</ExternalText>)
        </span>
      )}
      {again}
    </>
  );
}

function goingOn({ progress, pace }: TaskView): string {
  if (progress.activity) return sentence(progress.activity.label);
  if (pace.per_minute === null) return 'Just started.';
  return pace.eta_s === null ? `${rateText(pace)}.` : `${rateText(pace)}; ${etaText(pace)} left.`;
}
