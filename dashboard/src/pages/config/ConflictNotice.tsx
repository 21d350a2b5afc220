import { valueWords } from '../../derive/flat-config.ts';
import type { ConflictRow } from '../../models/ConfigFormModel.ts';
import { Notice } from '../../parts/Notice.tsx';
import { type Column, Table } from '../../parts/Table.tsx';

interface Props {
  revision: number;
  rows: readonly ConflictRow[];
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}

const columns: Column<ConflictRow>[] = [
  { label: 'Field', cell: ({ path }) => <code>{path}</code> },
  { label: 'Was', cell: ({ before }) => valueWords(before) },
  { label: 'Theirs', cell: ({ theirs }) => valueWords(theirs) },
  {
    label: 'Yours',
    cell: ({ mine }) => (mine === undefined ? <span class="muted">not changed here</span> : valueWords(mine)),
  },
];

/** Somebody else saved meanwhile: shows what, and lets a person choose. */
export function ConflictNotice({ revision, rows, onKeepMine, onTakeTheirs }: Props) {
  return (
    <Notice
      tone="warn"
      title={`Somebody else saved revision ${revision} while you were editing`}
      actions={
        <>
          <button type="button" onClick={onKeepMine}>
            Put my changes on top of theirs
          </button>
          <button type="button" onClick={onTakeTheirs}>
            Drop my changes
          </button>
        </>
      }
    >
      <Table
        caption="What the other revision changed"
        columns={columns}
        rows={rows}
        keyOf={({ path }) => path}
      />
    </Notice>
  );
}
