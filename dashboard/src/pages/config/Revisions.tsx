import { type ReadonlySignal, useModel } from '@preact/signals';
import type { ConfigRevision, ConfigView } from '@trainer/contract/config';
import { useDashboard } from '../../context/context.ts';
import {
  changedPaths,
  type FieldValue,
  type FlatConfig,
  flatten,
  valueText,
} from '../../derive/flat-config.ts';
import { RevisionsModel } from '../../models/RevisionsModel.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { ExternalText, RelativeTime } from '../../parts/inline.tsx';
import { EmptyState, FailureNote, Loaded } from '../../parts/Notice.tsx';
import { type Column, Table } from '../../parts/Table.tsx';

interface Props {
  current: ReadonlySignal<{ revision: number; values: FlatConfig } | null>;
  mayEdit: boolean;
  onRestore: (config: ConfigView) => void;
}

/** Who changed what and when, and the way back. */
export function Revisions({ current, mayEdit, onRestore }: Props) {
  const { connection, browser, clock } = useDashboard();
  const model = useModel(() => new RevisionsModel(connection, browser, current));
  const columns: Column<ConfigRevision>[] = [
    { label: 'Revision', cell: ({ revision }) => revision },
    { label: 'Saved', cell: ({ created_at }) => <RelativeTime at={created_at} now={clock.now.value} /> },
    { label: 'By', cell: ({ actor }) => <ExternalText>{actor}</ExternalText> },
    { label: 'Changed', wide: true, cell: ({ changed }) => <ChangedFields paths={changed} /> },
    {
      label: 'View',
      cell: ({ revision }) => (
        <button
          type="button"
          class="small"
          aria-label={`View revision ${revision}`}
          onClick={() => void model.view.go(revision)}
        >
          View
        </button>
      ),
    },
  ];
  const open = model.open.value;
  return (
    <section class="card">
      <h2>Revisions</h2>
      <FailureNote error={model.view.error.value} />
      <Loaded data={model.revisions.value} error={model.error.value} what="the revisions">
        {(all) =>
          all.length === 0 ? (
            <EmptyState title="All values are defaults.">The first change creates revision 1.</EmptyState>
          ) : (
            <Table
              caption="Revisions, newest first"
              columns={columns}
              rows={all}
              keyOf={({ revision }) => revision}
            />
          )
        }
      </Loaded>
      {open && (
        <RevisionDialog
          revision={open.revision}
          values={flatten(open)}
          current={current.value?.values ?? {}}
          {...(mayEdit && {
            onRestore: () => {
              onRestore(open);
              model.close();
            },
          })}
          onClose={model.close}
        />
      )}
    </section>
  );
}

function ChangedFields({ paths }: { paths: readonly string[] }) {
  if (paths.length === 0) return <span class="muted">nothing</span>;
  return (
    <span class="chips">
      {paths.slice(0, 6).map((path) => (
        <code key={path}>{path}</code>
      ))}
      {paths.length > 6 && <span class="muted">and {paths.length - 6} more</span>}
    </span>
  );
}

interface RevisionDialogProps {
  revision: number;
  values: FlatConfig;
  current: FlatConfig;
  /** Absent for those who may only look. */
  onRestore?: () => void;
  onClose: () => void;
}

interface Row {
  path: string;
  past: FieldValue | undefined;
  now: FieldValue | undefined;
}

const columns: Column<Row>[] = [
  { label: 'Field', cell: ({ path }) => <code>{path}</code> },
  { label: 'Then', cell: ({ past }) => valueText(past) },
  { label: 'Now', cell: ({ now }) => valueText(now) },
];

/** An older revision against what stands now. */
function RevisionDialog({ revision, values, current, onRestore, onClose }: RevisionDialogProps) {
  const rows = changedPaths(current, values).map((path) => ({
    path,
    past: values[path],
    now: current[path],
  }));
  return (
    <Dialog title={`Revision ${revision}`} onClose={onClose}>
      {rows.length === 0 ? (
        <p>It equals the current configuration.</p>
      ) : (
        <Table
          caption={`Revision ${revision} against now`}
          columns={columns}
          rows={rows}
          keyOf={({ path }) => path}
        />
      )}
      <div class="actions">
        <button type="button" onClick={onClose}>
          Close
        </button>
        {onRestore && rows.length > 0 && (
          <button type="button" class="primary" onClick={onRestore}>
            Put these values into the form
          </button>
        )}
      </div>
    </Dialog>
  );
}
