import { changedPaths, type FieldValue, type FlatConfig, valueWords } from '../../derive/flat-config.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { type Column, Table } from '../../parts/Table.tsx';

interface Props {
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
  { label: 'Then', cell: ({ past }) => valueWords(past) },
  { label: 'Now', cell: ({ now }) => valueWords(now) },
];

/** An older revision against what stands now. */
export function RevisionDialog({ revision, values, current, onRestore, onClose }: Props) {
  const rows = changedPaths(current, values).map((path) => ({
    path,
    past: values[path],
    now: current[path],
  }));
  return (
    <Dialog title={`Revision ${revision}`} onClose={onClose}>
      {rows.length === 0 ? (
        <p>It is the same as what stands now.</p>
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
