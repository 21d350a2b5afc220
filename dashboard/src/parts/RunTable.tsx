import type { RunView } from '@trainer/contract/runs';
import { formatCount } from '../derive/numbers.ts';
import { runTone } from '../derive/run-text.ts';
import { elapsedMs, formatDuration } from '../derive/times.ts';
import { ExternalText, RelativeTime, StateBadge } from './inline.tsx';
import { type Column, Table } from './Table.tsx';
import { Errors } from './TaskTable.tsx';

interface Props {
  caption: string;
  runs: readonly RunView[];
  now: number;
  /** Only what fits beside other things. */
  brief?: boolean;
}

/** Runs, one line each. */
export function RunTable({ caption, runs, now, brief = false }: Props) {
  const columns: Column<RunView>[] = [
    { label: 'Run', cell: ({ id }) => <a href={`/runs/${id}`}>Run {id}</a> },
    { label: 'Status', cell: ({ status }) => <StateBadge tone={runTone(status)} label={status} /> },
    { label: 'Requested', cell: ({ created_at }) => <RelativeTime at={created_at} now={now} /> },
    ...(brief
      ? []
      : [
          { label: 'By', cell: ({ requested_by }: RunView) => <ExternalText>{requested_by}</ExternalText> },
          { label: 'Duration', numeric: true, cell: (run: RunView) => took(run, now) },
        ]),
    {
      label: 'Performers',
      numeric: true,
      cell: ({ performers_processed }) => formatCount(performers_processed),
    },
    { label: 'New faces', numeric: true, cell: ({ faces_added }) => formatCount(faces_added) },
    ...(brief
      ? []
      : [{ label: 'Errors', numeric: true, cell: ({ errors }: RunView) => <Errors count={errors} /> }]),
    {
      label: 'Version',
      cell: ({ version }) => (version ? <a href={`/versions#${version}`}>{version}</a> : ''),
    },
  ];
  return <Table caption={caption} columns={columns} rows={runs} keyOf={({ id }) => id} />;
}

function took({ started_at, finished_at }: RunView, now: number): string {
  const ms = elapsedMs(started_at, finished_at, now);
  return ms === null ? '–' : formatDuration(ms);
}
